// Stands in for binaries.soliditylang.org, where `forge verify-contract` looks up the commit of a released compiler, on machines
// that cannot reach it: an HTTP proxy that answers for that one host, with the release that npm installed in the current folder.
// Prints its port. Arguments: files with the key and the certificate of that host.
import { readFileSync } from "node:fs";
import { createServer as plainServer } from "node:http";
import { createServer as secureServer } from "node:https";
import { createRequire } from "node:module";
import { connect } from "node:net";

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const compiler = createRequire(`${process.cwd()}/`)("solc").version();
const release = compiler.replace(/\.Emscripten.*$/, "");
const listen = (server) => new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server.address().port)));

const site = secureServer({ key, cert }, (request, response) => {
  response.statusCode = request.url === "/bin/list.txt" ? 200 : 404;
  response.end(`soljson-v${release}.js\n`);
});
const sitePort = await listen(site);
const proxy = plainServer((_, response) => response.writeHead(502).end());
proxy.on("connect", (request, client) => {
  if (request.url !== "binaries.soliditylang.org:443") return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  const server = connect(sitePort, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
  for (const end of [client, server]) end.on("error", () => {});
  client.pipe(server).pipe(client);
});
console.log(JSON.stringify({ port: await listen(proxy), release }));
