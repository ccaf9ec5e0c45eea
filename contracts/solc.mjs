#!/usr/bin/env node
// Speaks the part of native solc's command line that forge and foundry-compilers use (`--version`, and
// `--standard-json` from stdin to stdout) on top of the compiler that npm carries, so that no binary is downloaded.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";

const require = createRequire(import.meta.url);
const args = process.argv.slice(2);

/** Every value of an option that may repeat and may be written `--name value` or `--name=value`. */
function values(name) {
  return args.flatMap((arg, at) => {
    if (arg === name) return args[at + 1] ?? [];
    return arg.startsWith(`${name}=`) ? arg.slice(name.length + 1) : [];
  });
}

/** Loading the compiler takes a second, so the version comes from its package. Tools parse the platform's suffix. */
function version() {
  const { version } = require("solc/package.json");
  return `solc, the solidity compiler commandline interface\nVersion: ${version}+commit.npm.Linux.g++\n`;
}

/** Answers an import that the standard JSON input did not carry inline. */
function importer(roots) {
  return (path) => {
    for (const root of isAbsolute(path) ? [""] : roots) {
      try {
        return { contents: readFileSync(resolve(root, path), "utf8") };
      } catch (error) {
        if (error.code !== "ENOENT") return { error: String(error) };
      }
    }
    return { error: `file not found: ${path}` };
  };
}

if (args.includes("--version")) {
  process.stdout.write(version());
} else if (args.includes("--standard-json")) {
  const roots = [...values("--base-path"), ...values("--include-path"), process.cwd()];
  const output = require("solc").compile(readFileSync(0, "utf8"), { import: importer(roots) });
  process.stdout.write(output);
} else {
  process.stderr.write("solc.mjs knows --version and --standard-json only\n");
  process.exitCode = 1;
}
