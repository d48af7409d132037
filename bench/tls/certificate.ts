// The certificate of every server here: made for this run, of an elliptic curve.

const { makeCertificate } = (await import(new URL('../../../examples/certificate.mjs', import.meta.url).href)) as {
  makeCertificate: (options: { name: string; altNames: string[] }) => { key: string; cert: string }
}

export const localhost = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost', 'IP:127.0.0.1'] })
