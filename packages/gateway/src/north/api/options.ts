import { type Static, Type } from 'typebox';

/** Options of the `api` service; every default suits a gateway in a private network. */
export const apiOptions = Type.Object(
  {
    host: Type.String({
      default: '0.0.0.0',
      description: 'Address to listen on; 127.0.0.1 keeps the API to this machine',
    }),
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'TCP port; 0 takes any free one' }),
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^/]+$',
        description: 'How clients reach the API, e.g. https://csms.example.com; shown in the API description',
      }),
    ),
    stationUrl: Type.Optional(
      Type.String({
        pattern: '^wss?://.+[^/]$',
        description:
          'Where stations connect, without the identity; default the host of the request with the port and path of the OCPP driver',
      }),
    ),
    corsOrigins: Type.Array(Type.String(), {
      default: [],
      description: 'Origins of web pages that may call the API, e.g. https://ops.example.com; * allows all',
    }),
    readsPerMinute: Type.Integer({ default: 6000, minimum: 1, description: 'Reads a minute per API key' }),
    writesPerMinute: Type.Integer({
      default: 1200,
      minimum: 1,
      description: 'Changes and commands a minute per API key',
    }),
    failedLoginsPerMinute: Type.Integer({
      default: 30,
      minimum: 1,
      description: 'Requests with a wrong key a minute per address, before it is refused unseen',
    }),
    bodyLimit: Type.Integer({
      default: 65536,
      minimum: 1024,
      maximum: 16777216,
      description: 'Largest request body, bytes',
    }),
    streams: Type.Integer({ default: 200, minimum: 1, description: 'Event streams open at the same time' }),
    metricsPublic: Type.Boolean({
      default: false,
      description: 'Whether /metrics answers without a key to others than this machine',
    }),
    trustProxy: Type.Boolean({
      default: false,
      description: 'Whether a reverse proxy in front tells the address of the caller (X-Forwarded-For)',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          certFile: Type.String({ description: 'PEM file with the certificate chain' }),
          keyFile: Type.String({ description: 'PEM file with the private key' }),
        },
        { additionalProperties: false, description: 'Serve https itself; without it use a reverse proxy' },
      ),
    ),
  },
  { additionalProperties: false },
);

export type ApiOptions = Static<typeof apiOptions>;
