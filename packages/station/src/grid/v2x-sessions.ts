import type { Core } from '../core.ts';
import { keepTransaction } from '../transactions/open-transactions.ts';
import type { EnergyTransferMode, PowerLimit } from '../station-host.ts';

/** Ways of charging in which energy may flow back. */
const bidirectional: ReadonlySet<EnergyTransferMode> = new Set([
  'AC_BPT',
  'AC_BPT_DER',
  'DC_BPT',
  'DC_ACDP_BPT',
] satisfies EnergyTransferMode[]);

/** Which vehicles may feed back, and what the transactions say of it. OCPP 2.1 Q01 to Q12. */
export class V2xSessions {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** The CSMS allows a vehicle these ways, and the host has taken them. */
  allowed(evseId: number, modes: readonly EnergyTransferMode[]): void {
    this.#set(evseId, { mayFeedBack: modes.some((mode) => bidirectional.has(mode)) });
  }

  /** What the vehicle needs was refused: it charges as if it could nothing else. */
  refused(evseId: number): void {
    this.#set(evseId, { mayFeedBack: false });
  }

  /** A limit without anything that flows back, where that is not allowed. */
  within(evseId: number, limit: PowerLimit): PowerLimit {
    const { transaction, description } = this.#core.evse(evseId) ?? {};
    const isAllowed = transaction?.mayFeedBack !== false && (!description?.v2x || this.#isEnabled(evseId));
    return isAllowed ? limit : chargingOnly(limit);
  }

  /** Tells the host a limit, and the CSMS of another operation mode (OCPP 2.1 Q03 and those that follow). */
  tell(evseId: number, limit: PowerLimit | undefined): void {
    const transaction = this.#core.evse(evseId)?.transaction;
    this.#core.host.limit(evseId, limit);
    if (!transaction || this.#core.version !== '2.1') return;
    const mode = limit?.operationMode ?? 'ChargingOnly';
    if (mode === (transaction.operationMode ?? 'ChargingOnly')) return;
    transaction.operationMode = mode;
    this.#core.transactions.updated(transaction, { trigger: 'OperationModeChanged' });
  }

  #set(evseId: number, verdict: { mayFeedBack: boolean }): void {
    const transaction = this.#core.evse(evseId)?.transaction;
    if (!transaction) return;
    Object.assign(transaction, verdict);
    keepTransaction(this.#core.store, transaction);
    this.#core.profilesChanged();
  }

  #isEnabled(evseId: number): boolean {
    const { variables } = this.#core;
    const definition = variables.catalog.named(`V2XChargingCtrlr@${evseId}.Enabled`);
    return definition !== undefined && variables.read(definition)?.toLowerCase() === 'true';
  }
}

function chargingOnly({ setpointA, setpointsA, operationMode, ...limit }: PowerLimit): PowerLimit {
  const { currentA, phases, currentsA, phaseToUse, evseSleep, preconditioning } = limit;
  return {
    currentA,
    phases,
    currentsA,
    phaseToUse,
    setpointA: setpointA && Math.max(0, setpointA),
    setpointsA: setpointsA?.map((value) => Math.max(0, value)),
    operationMode: operationMode && (operationMode === 'Idle' ? 'Idle' : 'ChargingOnly'),
    evseSleep,
    preconditioning,
  };
}
