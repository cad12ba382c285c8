import { Type, type Static } from 'typebox';

export const options = Type.Object({
  host: Type.String({ default: '0.0.0.0', description: 'Address to listen on; 127.0.0.1 for this machine only' }),
  port: Type.Integer({ default: 9000, minimum: 0, maximum: 65_535, description: 'TCP port stations connect to' }),
  path: Type.String({
    default: '/ocpp',
    pattern: '^/[A-Za-z0-9._~/-]*$',
    description: 'What stands before the identity in the URL; the identity alone works too',
  }),
  mode: Type.Enum(['lenient', 'strict'], {
    default: 'lenient',
    description:
      'What becomes of a message that breaks its schema: `lenient` repairs what chargers get wrong, `strict` refuses it',
  }),
  allowedVersions: Type.Array(Type.Enum(['2.1', '2.0.1', '1.6']), {
    default: ['2.1', '2.0.1', '1.6'],
    minItems: 1,
    uniqueItems: true,
    description: 'OCPP versions, the preferred one first',
  }),
  callTimeoutS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 600,
    description: 'How long a station may take to answer a command',
  }),
  bootGraceS: Type.Integer({
    default: 2,
    minimum: 0,
    maximum: 60,
    description: 'How long after connecting a station is left alone, unless it has booted or said something before',
  }),
  discoverAfterS: Type.Integer({
    default: 10,
    minimum: 0,
    maximum: 3600,
    description: 'When an admitted station whose connectors are still unknown is asked for them; 0 never asks',
  }),
  pingIntervalS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 3600,
    description: 'How often a station is pinged; one that is silent until the next ping is disconnected',
  }),
  duplicateProbeS: Type.Integer({
    default: 3,
    minimum: 1,
    maximum: 30,
    description: 'How long an older connection of a station that has connected anew may take to show that it is alive',
  }),
  stopGraceS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 60,
    description: 'How long messages may take to be finished, and connections to be closed, when the gateway stops',
  }),
  maxFrameBytes: Type.Integer({
    default: 1_048_576,
    minimum: 4096,
    maximum: 16_777_216,
    description: 'Longest message; a longer one ends the connection',
  }),
  maxConnections: Type.Integer({
    default: 50_000,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Connected stations; more are told to come back later',
  }),
  messagesPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    maximum: 100_000,
    description: 'Messages of one station, ten seconds of them at once; a faster one is slowed down',
  }),
  maxSlowedS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 60,
    description: 'Seconds of one minute that a station may be slowed down before it is disconnected; 60 never does',
  }),
  maxUnanswered: Type.Integer({
    default: 300,
    minimum: 1,
    maximum: 100_000,
    description: 'Requests a station may send within a minute without waiting for answers before it is disconnected',
  }),
  handshakeTimeoutS: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 120,
    description: 'How long a connection may take to become a WebSocket',
  }),
  handshakesPerSecond: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    description: 'Handshakes of one address, five seconds of them at once; one that fails counts twenty times',
  }),
  compression: Type.Object(
    {
      enabled: Type.Boolean({
        default: false,
        description: 'Compress messages with permessage-deflate; costs about 250 KiB per connection',
      }),
      maxConnections: Type.Integer({
        default: 100,
        minimum: 0,
        maximum: 10_000,
        description: 'Connections that may be compressed at the same time; others are not compressed',
      }),
    },
    { description: 'Compression of the WebSocket' },
  ),
  requirePassword: Type.Enum(['none', 'whenSet', 'always'], {
    default: 'whenSet',
    description:
      'Basic authentication (security profiles 1 and 2): `none` looks at no password, `whenSet` asks those that have one on record, `always` refuses who offers none',
  }),
  trustProxy: Type.Boolean({
    default: false,
    description:
      'Take the address of a station from the last entry of X-Forwarded-For; only behind a proxy of your own',
  }),
  tls: Type.Object(
    {
      certFile: Type.String({
        default: '',
        path: true,
        description:
          'Certificate of the gateway with its chain, PEM; with it stations connect by wss (security profile 2)',
      }),
      keyFile: Type.String({ default: '', path: true, description: 'Private key of the certificate, PEM' }),
      clientCaFile: Type.String({
        default: '',
        path: true,
        description:
          'Certificates that sign those of stations, PEM; with it stations may show one (security profile 3)',
      }),
      clientCertificate: Type.Enum(['required', 'optional'], {
        default: 'required',
        description: 'With clientCaFile: whether a station without a certificate may connect with its password',
      }),
    },
    { description: 'TLS; off without a certificate' },
  ),
});

export type OcppOptions = Static<typeof options>;
