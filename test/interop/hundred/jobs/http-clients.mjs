// Packages that ask over HTTP. The service answers GET with `GET path`, GET /json with JSON, POST with the body.
import { at, called, first, load, text, use } from '../toolbox.mjs'

const json = `${at.http}/json`
const secure = `${at.https}/a`

export const httpClients = {
  axios: async () => (await (await use('axios')).get(`${at.https}/json`)).data.answer,
  'axios-retry': async () => {
    const axios = await use('axios')
    const retry = (await load('axios-retry')).default
    const client = axios.create()
    ;(retry.default ?? retry)(client, { retries: 2 })
    return (await client.get(`${at.http}/once-unavailable`)).data
  },
  got: async () => (await use('got')).get(secure).text(),
  'got-11': async () => (await (await use('got-11'))(secure, { http2: true })).body,
  'node-fetch': async () => (await (await use('node-fetch'))(secure)).text(),
  'node-fetch-2': async () => (await (await use('node-fetch-2'))(secure)).text(),
  'cross-fetch': async () => (await (await use('cross-fetch'))(secure)).text(),
  'isomorphic-fetch': async () => {
    delete globalThis.fetch
    await load('isomorphic-fetch')
    return (await fetch(secure)).text()
  },
  'make-fetch-happen': async () => (await (await use('make-fetch-happen'))(secure, { retry: false })).text(),
  'minipass-fetch': async () => (await (await use('minipass-fetch'))(secure)).text(),
  'npm-registry-fetch': async () => (await use('npm-registry-fetch')).json(json, { registry: at.http }),
  pacote: async () => (await (await use('pacote')).manifest('thing@1.0.0', { registry: at.http })).version,
  undici: async () => (await (await load('undici')).request(secure)).body.text(),
  request: async () => called(done => use('request').then(request => request(secure, (e, _, body) => done(e, body)))),
  'request-promise-native': async () => (await use('request-promise-native'))(secure),
  '@cypress/request': async () => {
    const request = await use('@cypress/request')
    return called(done => request.post({ url: at.http, json: { a: 1 } }, (e, _, body) => done(e, body)))
  },
  'postman-request': async () => {
    const request = await use('postman-request')
    return called(done => request(secure, (e, _, body) => done(e, body)))
  },
  'teeny-request': async () => {
    const { teenyRequest } = await load('teeny-request')
    return called(done => teenyRequest({ uri: json }, (e, _, body) => done(e, body)))
  },
  'retry-request': async () => {
    const retry = await use('retry-request')
    const { teenyRequest } = await load('teeny-request')
    return called(done =>
      (retry.default ?? retry)({ uri: json }, { request: teenyRequest }, (e, _, body) => done(e, body)),
    )
  },
  superagent: async () => (await (await use('superagent')).post(secure).send({ a: 1 })).body,
  needle: async () => (await (await use('needle'))('get', json)).body.answer,
  bent: async () => (await use('bent'))('string')(secure),
  phin: async () => {
    const phin = await use('phin')
    return String((await (phin.phin ?? phin)({ url: secure })).body)
  },
  'simple-get': async () => {
    const get = await use('simple-get')
    return String(await called(done => get.concat(secure, (e, _, data) => done(e, data))))
  },
  'follow-redirects': async () => {
    const { https } = await use('follow-redirects')
    return called(done => https.get(`${at.https}/moved`, r => text(r).then(body => done(null, body), done)))
  },
  gaxios: async () =>
    (await (await load('gaxios')).request({ url: json, fetchImplementation: await use('node-fetch') })).data,
  urllib: async () => (await (await load('urllib')).request(json, { dataType: 'json' })).data,
  '@hapi/wreck': async () => String((await (await use('@hapi/wreck')).get(secure)).payload),
  'cacheable-request': async () => {
    const Requester = await use('cacheable-request')
    const http = await import('node:http')
    const request = new Requester(http.request).request()
    const asked = request(`${at.http}/cached`)
    asked.on('request', sent => sent.end())
    return text(await first(asked, 'response'))
  },
  'http2-wrapper': async () => {
    const { default: http2 } = await load('http2-wrapper')
    const request = await http2.auto(secure, { ALPNProtocols: ['h2'] })
    request.end()
    return text(await first(request, 'response'))
  },
  '@octokit/request': async () => {
    const { request } = await load('@octokit/request')
    return (await request('GET /json', { baseUrl: at.http, request: { fetch: await use('node-fetch') } })).data
  },
  '@smithy/node-http-handler': async () => {
    const { NodeHttpHandler, NodeHttp2Handler } = await load('@smithy/node-http-handler')
    const { HttpRequest } = await load('@smithy/protocol-http')
    const { hostname, port } = new URL(at.https)
    const request = { protocol: 'https:', hostname, port: Number(port), path: '/a', method: 'GET', headers: {} }
    const one = await new NodeHttpHandler().handle(new HttpRequest(request))
    const two = await new NodeHttp2Handler().handle(new HttpRequest(request))
    return [await text(one.response.body), await text(two.response.body)]
  },
  '@aws-sdk/client-s3': async () => {
    const { S3Client, GetObjectCommand } = await load('@aws-sdk/client-s3')
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const client = new S3Client({ region: 'us-east-1', endpoint: at.http, forcePathStyle: true, credentials })
    return (await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).Body.transformToString()
  },
  'aws-sdk': async () => {
    const AWS = await use('aws-sdk')
    const s3 = new AWS.S3({ endpoint: at.http, s3ForcePathStyle: true, accessKeyId: 'a', secretAccessKey: 'b' })
    return String((await s3.getObject({ Bucket: 'b', Key: 'k' }).promise()).Body)
  },
  'google-auth-library': async () => {
    const { OAuth2Client } = await load('google-auth-library')
    const client = new OAuth2Client({ clientId: 'a', endpoints: { oauth2TokenUrl: `${at.http}/token` } })
    client.setCredentials({ refresh_token: 'r' })
    return (await client.getAccessToken()).token
  },
  '@azure/core-rest-pipeline': async () => {
    const { createDefaultHttpClient, createPipelineRequest } = await load('@azure/core-rest-pipeline')
    return (await createDefaultHttpClient().sendRequest(createPipelineRequest({ url: secure }))).bodyAsText
  },
  '@elastic/elasticsearch': async () => {
    const { Client, HttpConnection } = await load('@elastic/elasticsearch')
    return (await new Client({ node: at.elastic, Connection: HttpConnection }).info()).name
  },
  '@opensearch-project/opensearch': async () => {
    const { Client } = await load('@opensearch-project/opensearch')
    return (await new Client({ node: at.elastic }).info()).body.name
  },
  '@slack/web-api': async () => {
    const { WebClient } = await load('@slack/web-api')
    return (await new WebClient('t', { slackApiUrl: `${at.http}/slack/` }).api.test()).ok
  },
  stripe: async () => {
    const Stripe = await use('stripe')
    const { hostname, port } = new URL(at.http)
    return (await new Stripe('sk', { host: hostname, port, protocol: 'http' }).customers.retrieve('json')).answer
  },
  dockerode: async () => {
    const Docker = await use('dockerode')
    return String(await new Docker({ socketPath: at.unix }).ping())
  },
  eventsource: async () => {
    const { EventSource } = await load('eventsource')
    return (await first(new EventSource(`${at.http}/events`, { fetch: (await load('undici')).fetch }), 'message')).data
  },
  'eventsource-1': async () => {
    const EventSource = await use('eventsource-1')
    const source = new EventSource(`${at.http}/events`)
    return called(done => {
      source.onmessage = event => done(null, event.data)
      source.onerror = done
    })
  },
  jsdom: async () => {
    const { JSDOM } = await load('jsdom')
    return (await JSDOM.fromURL(`${at.http}/page`)).window.document.title
  },
  'wait-on': async () => {
    await (await use('wait-on'))({ resources: [at.http.replace('http:', 'http-get:'), `tcp:${new URL(at.http).port}`] })
    return 'is there'
  },
  soap: async () => {
    const soap = await load('soap')
    const client = await soap.createClientAsync(`${at.http}/service.wsdl`)
    return Object.keys(client.describe())
  },
  '@sentry/node': async () => {
    const sentry = await load('@sentry/node')
    sentry.init({ dsn: `${at.http.replace('//', '//key@')}/1`, integrations: [], defaultIntegrations: false })
    sentry.captureMessage('hello')
    return sentry.flush(5000)
  },
  'selenium-webdriver': async () => {
    const { HttpClient, Request } = await load('selenium-webdriver/http/index.js')
    return (await new HttpClient(at.http).send(new Request('GET', '/json'))).body
  },
}
