/** Codes of a TLS handshake that would fail again when retried: a certificate, a name, or no TLS at all. */
const TLS_CODES =
  /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|PATH_LENGTH_|HOSTNAME_MISMATCH$|EPROTO$)/

export const isTlsFault = (code: string): boolean => TLS_CODES.test(code)
