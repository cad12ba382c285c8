import type { DeviceModel } from '../device-model/device-model.ts';
import type { VariableCatalog } from '../device-model/variable-catalog.ts';
import { toKept, toMonitor, type Monitor } from './monitor.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** As in OCPP 2.x MonitoringBaseEnumType. */
export type MonitoringBase = 'All' | 'FactoryDefault' | 'HardWiredOnly';

/** True when monitors are built in or kept. */
export function hasMonitors({ catalog, store }: DeviceModel): boolean {
  return presetsOf(catalog).length > 0 || [...(store?.entries('monitors') ?? [])].length > 0;
}

/** Presets count from 1; what the CSMS sets counts from here, so that a later make may have more presets. */
const firstCustomId = 1001;

/** The monitors that a station has, kept in the collection `monitors`. Methods throw StoreError when a change cannot be kept. */
export class MonitorList {
  readonly #model: DeviceModel;
  readonly #presets: readonly Monitor[];
  readonly #monitors = new Map<number, Monitor>();

  constructor(model: DeviceModel, onWarning: (sentence: string) => void = () => {}) {
    this.#model = model;
    this.#presets = presetsOf(model.catalog);
    for (const preset of this.#presets) this.#monitors.set(preset.id, preset);
    for (const [key, entry] of model.store?.entries('monitors') ?? []) this.#load(Number(key), entry, onWarning);
  }

  /** Those that act, by number. */
  get active(): Monitor[] {
    const base = this.#model.get('MonitoringCtrlr.ActiveMonitoringBase');
    return [...this.#monitors.values()]
      .filter(({ kind }) => kind !== 'PreconfiguredMonitor' || base !== 'HardWiredOnly')
      .sort((a, b) => a.id - b.id);
  }

  get(id: number): Monitor | undefined {
    return this.active.find((monitor) => monitor.id === id);
  }

  nextId(): number {
    return Math.max(firstCustomId - 1, ...this.#monitors.keys()) + 1;
  }

  put(monitor: Monitor): void {
    this.#model.store?.put('monitors', String(monitor.id), toKept(monitor));
    this.#monitors.set(monitor.id, monitor);
  }

  remove(id: number): void {
    const isPreset = this.#presets.some((preset) => preset.id === id);
    if (isPreset) this.#model.store?.put('monitors', String(id), { cleared: true });
    else this.#model.store?.remove('monitors', String(id));
    this.#monitors.delete(id);
  }

  /** OCPP 2.0.1 N03: All keeps what the CSMS has set; the others forget it. */
  setBase(base: MonitoringBase): void {
    const kept = base === 'All' ? this.active.filter(({ kind }) => kind === 'CustomMonitor') : [];
    this.#model.store?.atomically(() => {
      this.#model.store?.clear('monitors');
      for (const monitor of kept) this.#model.store?.put('monitors', String(monitor.id), toKept(monitor));
    });
    this.#monitors.clear();
    for (const monitor of [...this.#presets, ...kept]) this.#monitors.set(monitor.id, monitor);
    this.#model.assign('MonitoringCtrlr.ActiveMonitoringBase', base);
  }

  #load(id: number, entry: unknown, warn: (sentence: string) => void): void {
    if (fieldsOf(entry)?.flag('cleared')) {
      this.#monitors.delete(id);
      return;
    }
    const monitor = Number.isSafeInteger(id) && toMonitor(id, entry, this.#model.catalog);
    if (monitor) this.#monitors.set(id, monitor);
    else warn(`the kept monitor ${id} is not used: it does not fit this station`);
  }
}

const known = new WeakMap<VariableCatalog, readonly Monitor[]>();

function presetsOf(catalog: VariableCatalog): readonly Monitor[] {
  const found = known.get(catalog);
  if (found) return found;
  const presets = catalog.definitions
    .flatMap((definition) => definition.monitors.map((preset) => ({ ...preset, definition })))
    .map((preset, index) => ({ ...preset, id: index + 1 }));
  known.set(catalog, presets);
  return presets;
}
