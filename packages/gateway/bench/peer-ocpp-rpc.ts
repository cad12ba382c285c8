import { RPCServer } from 'ocpp-rpc';

/** ocpp-rpc as its manual shows it: every message validated both ways, answers from memory, nothing kept. */
const server = new RPCServer({ protocols: ['ocpp1.6', 'ocpp2.0.1'], strictMode: true });
const accepted = { status: 'Accepted' };
let transactionId = 0;

interface Handlers {
  protocol?: string;
  handle(method: string, handler: () => unknown): void;
}

server.on('client', (client: Handlers) => {
  const is16 = client.protocol === 'ocpp1.6';
  client.handle('BootNotification', () => ({ ...accepted, currentTime: new Date().toISOString(), interval: 60 }));
  client.handle('Heartbeat', () => ({ currentTime: new Date().toISOString() }));
  client.handle('StatusNotification', () => ({}));
  client.handle('MeterValues', () => ({}));
  client.handle('Authorize', () => (is16 ? { idTagInfo: accepted } : { idTokenInfo: accepted }));
  client.handle('StartTransaction', () => ({ transactionId: (transactionId += 1), idTagInfo: accepted }));
  client.handle('StopTransaction', () => ({ idTagInfo: accepted }));
  client.handle('TransactionEvent', () => ({ idTokenInfo: accepted }));
});

const httpServer = await server.listen(0, '127.0.0.1');
const address = httpServer.address();
if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
