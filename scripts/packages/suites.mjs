// The suites of packages that are run with and without the redirection. `checkout` names a folder in PACKAGES_DIR: the
// package's repository at the tag, with its dependencies installed.
//
//   build        what makes it ready, besides the installation, from the checkout or `folder`
//   runner       one of runners.mjs
//   folder       in the checkout (default: all of it)
//   files        patterns, from `folder`; each file is a run of its own
//   isWhole      the suite is one run, since its runner takes long to start, or its files are one program
//   args         for the runner;  nodeOptions, env  for node
//   timeoutS     for a run (default 120)

const express = {
  runner: 'mocha',
  files: ['test/*.js', 'test/acceptance/*.js'],
  args: ['--require', 'test/support/env', '--check-leaks'],
}

const undici = {
  runner: 'node',
  build: 'npm run generate-pem',
  files: [
    'test/*.js',
    'test/{fetch,node-fetch,cache,cache-interceptor,interceptors,cookie,eventsource,websocket,node-test}/**/*.js',
  ],
  nodeOptions: ['--expose-gc'],
}

const proxyAgents = {
  checkout: 'proxy-agents',
  tag: 'agent-base@9.0.0',
  build: 'pnpm -r run build',
  runner: 'vitest',
  isWhole: true,
}

const socketIo = {
  checkout: 'socketio',
  tag: 'd2d753f',
  build: 'npm run compile',
  runner: 'mocha',
  isWhole: true,
  timeoutS: 400,
}

/** The first five are those that `npm run packages` runs: the quickest, of as many kinds. */
export const suites = [
  { ...proxyAgents, name: 'agent-base', folder: 'packages/agent-base' },
  { ...proxyAgents, name: 'https-proxy-agent', folder: 'packages/https-proxy-agent' },
  {
    name: 'supertest',
    checkout: 'supertest',
    tag: 'v7.2.2',
    runner: 'mocha',
    files: ['test/*.js'],
    args: ['--require', 'should', '--check-leaks', '--exit'],
  },
  {
    name: 'ws',
    checkout: 'ws',
    tag: '8.21.0',
    runner: 'mocha',
    files: ['test/*.test.js'],
    args: ['--throw-deprecation'],
  },
  { name: 'koa', checkout: 'koa', tag: 'v3.2.0', runner: 'node', files: ['__tests__/**/*.test.js'] },
  { name: 'http-proxy', checkout: 'http-proxy', tag: '1.18.1', runner: 'mocha', files: ['test/*-test.js'] },
  { name: 'node-server', checkout: 'node-server', tag: 'v2.0.11', runner: 'vitest', isWhole: true },
  { ...express, name: 'express 5', checkout: 'express', tag: 'v5.2.1' },
  { ...express, name: 'express 4', checkout: 'express4', tag: 'v4.22.2' },
  {
    name: 'agentkeepalive',
    checkout: 'agentkeepalive',
    tag: '4.6.0',
    runner: 'mocha',
    files: ['test/*.test.js'],
    args: ['--timeout', '60000', '--exit'],
  },
  {
    name: 'superagent',
    checkout: 'superagent',
    tag: 'v10.3.0',
    build: 'npm run build:lib',
    runner: 'mocha',
    files: ['test/*.js', 'test/node/*.js'],
    args: ['--require', 'should', '--timeout', '5000', '--exit'],
  },
  { name: 'node-fetch', checkout: 'node-fetch', tag: 'v3.3.2', runner: 'mocha', files: ['test/*.js'] },
  {
    name: 'nodemailer',
    checkout: 'nodemailer',
    tag: 'v9.0.5',
    runner: 'node',
    files: ['test/**/*-test.js', 'test/**/*.test.js'],
  },
  {
    name: 'fastify',
    checkout: 'fastify',
    tag: 'v5.12.1',
    runner: 'node',
    files: ['test/**/*.test.js', 'test/**/*.test.mjs'],
  },
  { ...undici, name: 'undici 6', checkout: 'undici6', tag: 'v6.28.0' },
  { ...undici, name: 'undici 7.10', checkout: 'undici710', tag: 'v7.10.0' },
  { ...undici, name: 'undici 7.29', checkout: 'undici729', tag: 'v7.29.0' },
  { name: 'nock 14', checkout: 'nock14', tag: 'v14.0.13', runner: 'mocha', files: ['tests/**/*.js'] },
  {
    name: 'got 14',
    checkout: 'got',
    tag: 'v14.6.6',
    runner: 'ava',
    files: ['test/*.ts'],
    nodeOptions: ['--import=tsx/esm'],
    timeoutS: 300,
  },
  {
    name: 'interceptors',
    checkout: 'interceptors',
    tag: 'v0.42.3',
    build: 'pnpm build',
    runner: 'vitest',
    isWhole: true,
    // Not the project that needs a browser.
    args: ['--project=unit', '--project=node', '--project=memory'],
    timeoutS: 1200,
  },
  {
    name: 'msw',
    checkout: 'msw',
    tag: 'v2.14.6',
    build: 'pnpm build',
    runner: 'vitest',
    isWhole: true,
    args: ['--config=./test/node/vitest.config.ts'],
    timeoutS: 1200,
  },
  {
    name: 'mqtt',
    checkout: 'mqtt',
    tag: 'v5.14.1',
    runner: 'node',
    files: ['test/node/*.ts'],
    nodeOptions: ['--require', 'esbuild-register'],
    timeoutS: 240,
  },
  {
    name: 'grpc-js',
    checkout: 'grpc',
    tag: '@grpc/grpc-js@1.14.3',
    folder: 'packages/grpc-js',
    build: 'npm run generate-types && npm run generate-test-types && npm run compile && cp -r test/fixtures build/test',
    runner: 'mocha',
    files: ['build/test/test-*.js'],
    env: { GRPC_EXPERIMENTAL_ENABLE_OUTLIER_DETECTION: 'true' },
    args: ['--exit'],
  },
  { ...socketIo, name: 'engine.io', folder: 'packages/engine.io', args: ['--exit'] },
  {
    ...socketIo,
    name: 'socket.io',
    folder: 'packages/socket.io',
    args: ['--import=tsx', '--timeout', '10000', '--exit', 'test/index.ts'],
  },
  // Redis on its own port, 6379, is the suite's to fill and to empty.
  {
    name: 'ioredis',
    checkout: 'ioredis',
    tag: 'v5.11.1',
    runner: 'mocha',
    isWhole: true,
    args: [
      ...['--require', 'ts-node/register', '--file', 'test/helpers/global.ts', '--exit'],
      ...['test/unit/**/*.ts', 'test/functional/**/*.ts'],
    ],
    env: { TS_NODE_TRANSPILE_ONLY: 'true', NODE_ENV: 'test' },
    timeoutS: 400,
  },
  // PostgreSQL is found by PGHOST, PGUSER, PGPASSWORD and PGDATABASE. Each file is a program that ends well or does not.
  {
    name: 'pg',
    checkout: 'pg',
    tag: 'pg@8.23.0',
    folder: 'packages/pg',
    build: 'yarn build',
    runner: 'script',
    files: ['test/unit/**/*-tests.js', 'test/integration/**/*-tests.js'],
  },
  ...[
    'http-proxy-agent',
    'socks-proxy-agent',
    'pac-proxy-agent',
    'proxy-agent',
    'proxy',
    'get-uri',
    'pac-resolver',
  ].map(name => ({ ...proxyAgents, name, folder: `packages/${name}` })),
]
