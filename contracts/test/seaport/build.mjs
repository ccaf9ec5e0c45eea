// Compiles Seaport 1.6 from npm as its deployment was (compiler, pipeline, number of runs), for `SeaportGas.t.sol`, which checks that these are the
// bytes that lie at its address everywhere.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const ENTRY = "seaport-core/src/Seaport.sol";
const OUTPUT = fileURLToPath(new URL("../../cache/seaport.json", import.meta.url));

const settings = {
  evmVersion: "cancun",
  viaIR: true,
  optimizer: { enabled: true, runs: 4_294_967_295 },
  metadata: { bytecodeHash: "none" },
  outputSelection: { [ENTRY]: { Seaport: ["evm.bytecode.object"] } },
};
const sources = { [ENTRY]: { content: read(ENTRY) } };
const input = JSON.stringify({ language: "Solidity", sources, settings });
const output = JSON.parse(require("solc").compile(input, { import: (path) => ({ contents: read(path) }) }));
const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));

const creation = `0x${output.contracts[ENTRY].Seaport.evm.bytecode.object}`;
mkdirSync(new URL(".", `file://${OUTPUT}`), { recursive: true });
writeFileSync(OUTPUT, `${JSON.stringify({ creation })}\n`);
console.log(`${OUTPUT}: ${creation.length / 2 - 1} bytes`);

/** @param {string} path as in an import */
function read(path) {
  return readFileSync(require.resolve(path), "utf8");
}
