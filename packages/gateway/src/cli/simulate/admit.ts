import { forEach } from '../../lib/for-each.ts';
import { ApiError } from '../../north/api/client.ts';
import { connect } from '../connect.ts';
import type { CliContext } from '../context.ts';

const atOnce = 8;

/** Makes chargers and tokens known at the gateway, unless they are. @throws ApiError */
export async function admit(
  context: CliContext,
  {
    identities,
    tokens,
    gateway,
    key,
  }: {
    identities: readonly string[];
    tokens: readonly string[];
    gateway: string | undefined;
    key: string | undefined;
  },
): Promise<void> {
  const client = await connect(context, { url: gateway, key });
  await forEach(tokens, atOnce, (physicalId) => unlessThere(() => client.tokens.create({ physicalId })));
  await forEach(identities, atOnce, (endpoint) =>
    unlessThere(
      () => client.stations.create({ endpoint, label: 'simulated' }),
      () => client.stations.admit(endpoint),
    ),
  );
}

async function unlessThere(make: () => Promise<unknown>, otherwise?: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ApiError && error.type === 'conflict')) throw error;
    await otherwise?.();
  }
}
