#!/usr/bin/env node
// The image's health check: ends with 0 where the worker of this container answers /healthz, else with 1.

const { HTTP_HOST = '', HTTP_PORT = '' } = process.env;
const EVERY_ADDRESS = ['', '0.0.0.0', '::', '[::]'];

const hosts = EVERY_ADDRESS.includes(HTTP_HOST) ? ['127.0.0.1', '::1'] : [HTTP_HOST];

/** @param {string} host */
function ask(host) {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return fetch(`http://${name}:${HTTP_PORT === '' ? 8080 : HTTP_PORT}/healthz`, {
    signal: AbortSignal.timeout(4000),
  });
}

Promise.any(hosts.map(ask)).then(
  ({ ok }) => {
    process.exitCode = ok ? 0 : 1;
  },
  () => {
    process.exitCode = 1;
  },
);
