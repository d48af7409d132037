// Hashes and ciphers by name.

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512'

export type BulkCipher = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-cbc' | 'aes-256-cbc'
