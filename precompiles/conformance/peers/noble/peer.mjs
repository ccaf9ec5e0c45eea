// @noble/curves as a peer: a claim a line on standard input, "true" or "false" a line on standard output.
// A claim is {tag, keys, messages, signature}: that the signature is the aggregate of each key's over the message beside it,
// under the domain separation tag. All but the tag is hex.

import { bls12_381 } from '@noble/curves/bls12-381.js'
import { createInterface } from 'node:readline'

const bls = bls12_381.longSignatures
const octets = (text) => Uint8Array.from(Buffer.from(text, 'hex'))

function holds({ tag, keys, messages, signature }) {
  try {
    const items = keys.map((key, index) => ({
      publicKey: octets(key),
      message: bls.hash(octets(messages[index]), tag),
    }))
    if (items.length === 1) {
      const [{ publicKey, message }] = items
      return bls.verify(octets(signature), message, publicKey)
    }
    return bls.verifyBatch(octets(signature), items)
  } catch {
    return false
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${holds(JSON.parse(line))}\n`)
}
