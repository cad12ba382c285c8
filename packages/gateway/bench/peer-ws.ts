import { WebSocketServer } from 'ws';

/** The least a server can do with an OCPP call: parse it and acknowledge it. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    const [, messageId]: unknown[] = JSON.parse(data.toString());
    socket.send(`[3,${JSON.stringify(messageId)},{}]`);
  });
});
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
