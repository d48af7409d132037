// `node:querystring`.

export interface StringifyOptions {
  /** Default: `querystring.escape`. */
  encodeURIComponent?: ((text: string) => string) | undefined
}

export interface ParseOptions {
  /** How many pairs are read; 0: all. Default 1000. */
  maxKeys?: number | undefined
  /** Default: `querystring.unescape`. */
  decodeURIComponent?: ((text: string) => string) | undefined
}

export interface ParsedUrlQuery {
  [name: string]: string | string[] | undefined
}

type QueryValue = string | number | boolean | bigint

export interface ParsedUrlQueryInput {
  [name: string]: QueryValue | readonly QueryValue[] | null | undefined
}

export function stringify(query?: ParsedUrlQueryInput, sep?: string, eq?: string, options?: StringifyOptions): string
export function parse(text: string, sep?: string, eq?: string, options?: ParseOptions): ParsedUrlQuery
export const encode: typeof stringify
export const decode: typeof parse
export function escape(text: string): string
export function unescape(text: string): string
