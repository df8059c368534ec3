// Starts a PDS with accounts of its own, and a PLC directory for their identities, on free loopback ports.
//   node server.js FOLDER [OPTIONS]
// OPTIONS is JSON: `public_url`, the address that identities name in the place of the server's own, and `access_lifetime`,
// how long the tokens of a session open it, as jose writes durations.
// Prints one line of JSON: the two addresses and the administrator's password. Ends when its standard input is closed.
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Secp256k1Keypair } from '@atproto/crypto'
import { envToCfg, envToSecrets, PDS } from '@atproto/pds'
import { assureValidNextOp, formatDidDoc, opToData } from '@did-plc/lib'
import Database from 'better-sqlite3'

const ADMIN_PASSWORD = 'pds-admin-of-the-tests'
const folder = process.argv[2]
const options = JSON.parse(process.argv[3] ?? '{}')

/**
 * Make blobs what better-sqlite3 returns: Buffers.
 *
 * package.json puts libsql in its place, which npm installs without a compiler, and which returns ArrayBuffers.
 */
function returnBuffers() {
  const statements = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1'))
  const { all } = statements
  statements.all = function (...values) {
    const rows = all.apply(this, values)
    for (const row of rows)
      for (const [name, value] of Object.entries(row)) if (value instanceof ArrayBuffer) row[name] = Buffer.from(value)
    return rows
  }
}

/** End access tokens after this time: the server has no setting for it. */
function limitAccess(lifetime) {
  const auth = createRequire(import.meta.url)('./node_modules/@atproto/pds/dist/account-manager/helpers/auth.js')
  const { createAccessToken } = auth
  auth.createAccessToken = (given) => createAccessToken({ ...given, expiresIn: lifetime })
}

/** Answer as plc.directory does: keep what a DID's valid operations say, and return its document. */
function startDirectory() {
  const last = new Map()
  const server = createServer(async (request, response) => {
    const did = decodeURIComponent(new URL(request.url, 'http://plc').pathname.slice(1))
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    try {
      if (request.method === 'POST') {
        const parts = await request.toArray()
        const operation = JSON.parse(Buffer.concat(parts).toString())
        if (!last.has(did)) await assureValidNextOp(did, [], operation)
        last.set(did, operation)
        return answer(200, {})
      }
      if (did === '_health') return answer(200, { version: 'test' })
      if (!last.has(did)) return answer(404, { message: 'DID not registered' })
      return answer(200, formatDidDoc(opToData(did, last.get(did))))
    } catch (error) {
      return answer(400, { message: String(error) })
    }
  })
  return listen(server)
}

function listen(server, port = 0) {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

/** Return a port that was free a moment ago: a PDS has to know its own address before it listens. */
async function findFreePort() {
  const probe = await listen(createServer())
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function startServer(directory) {
  const port = await findFreePort()
  mkdirSync(join(folder, 'blobs'), { recursive: true })
  const rotationKey = await Secp256k1Keypair.create({ exportable: true })
  const environment = {
    port,
    hostname: 'localhost',
    devMode: true,
    dataDirectory: folder,
    blobstoreDiskLocation: join(folder, 'blobs'),
    didPlcUrl: directory,
    serviceHandleDomains: ['.test'],
    inviteRequired: false,
    rateLimitsEnabled: false,
    bskyAppViewUrl: 'http://127.0.0.1:9',
    bskyAppViewDid: 'did:example:invalid',
    jwtSecret: 'jwt-secret-of-the-tests',
    adminPassword: ADMIN_PASSWORD,
    plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotationKey.export()).toString('hex'),
    trustedOAuthClients: [],
    handleBackupNameservers: [],
    crawlers: [],
  }
  const config = envToCfg(environment)
  config.service.publicUrl = options.public_url ?? config.service.publicUrl
  const pds = await PDS.create(config, envToSecrets(environment))
  await pds.start()
  return `http://localhost:${port}`
}

returnBuffers()
if (options.access_lifetime) limitAccess(options.access_lifetime)
const directory = `http://127.0.0.1:${(await startDirectory()).address().port}`
const server = await startServer(directory)
console.log(JSON.stringify({ plc: directory, pds: server, admin_password: ADMIN_PASSWORD }))
process.stdin.on('end', () => process.exit(0))
process.stdin.resume()
