// Codes and roles that this side's code compares with, under the standard's names. RFC 9113 section 7.

import { constants } from './constants.ts'

export const NO_ERROR = constants.NGHTTP2_NO_ERROR
export const PROTOCOL_ERROR = constants.NGHTTP2_PROTOCOL_ERROR
export const INTERNAL_ERROR = constants.NGHTTP2_INTERNAL_ERROR
export const FRAME_SIZE_ERROR = constants.NGHTTP2_FRAME_SIZE_ERROR
export const REFUSED_STREAM = constants.NGHTTP2_REFUSED_STREAM
export const CANCEL = constants.NGHTTP2_CANCEL
export const SESSION_SERVER = constants.NGHTTP2_SESSION_SERVER
export const SESSION_CLIENT = constants.NGHTTP2_SESSION_CLIENT
/** Frame type: RFC 9113 section 6.2. */
export const HEADERS = 1
