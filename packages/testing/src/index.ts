export { startServer, type TestServer } from './server/server.ts'
