// Rejects a client's early data: its records are skipped until one comes that our keys can open. RFC 8446 section 4.2.10.

import { BAD_RECORD_MAC, RECORD_OVERFLOW, UNEXPECTED_MESSAGE } from '../wire/alerts.ts'
import { APPLICATION_DATA, HEADER_SIZE } from '../wire/records.ts'
import { refusal, TlsError } from './engine-errors.ts'
import { MAX_CIPHERTEXT_13, MAX_EARLY_DATA_SKIPPED } from './handshake-limits.ts'
import { type OpenedRecord, PlainOpener, type RecordOpener } from './record/record-protection.ts'

export class SkippingOpener implements RecordOpener {
  readonly maxFragment = MAX_CIPHERTEXT_13
  readonly #opener: RecordOpener
  #left = MAX_EARLY_DATA_SKIPPED
  #isOver = false

  /** @param opener - takes over with the first record that it can open */
  constructor(opener: RecordOpener) {
    this.#opener = opener
  }

  open(record: Uint8Array): OpenedRecord | undefined {
    const size = record.length - HEADER_SIZE
    if (this.#isOver || record[0] !== APPLICATION_DATA) {
      this.#isOver = true
      if (size > this.#opener.maxFragment) throw refusal(RECORD_OVERFLOW, 'packet length too long')
      return this.#opener.open(record)
    }
    try {
      const opened = this.#opener.open(record)
      this.#isOver = true
      return opened
    } catch (error) {
      if (!this.#isEarly(error)) throw error
      // A nearly empty record counts as much as its header: otherwise a client could send such records without end.
      this.#left -= Math.max(size, HEADER_SIZE)
      if (this.#left < 0) throw refusal(UNEXPECTED_MESSAGE, 'too much early data')
      return undefined
    }
  }

  destroy(): void {
    this.#opener.destroy()
  }

  /** Until the second ClientHello: a protected record; afterwards: one that our keys do not open. */
  #isEarly(error: unknown): boolean {
    return error instanceof TlsError && (error.alert === BAD_RECORD_MAC || this.#opener instanceof PlainOpener)
  }
}
