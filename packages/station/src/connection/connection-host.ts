import type { BootReason } from '../protocol.ts';

/** What a device does for the connection, and for the time. All of it is optional. */
export interface ConnectionHost {
  /** Why the device has started, where the station did not restart it. Without it, or after 10 s: PowerUp. */
  bootReason?(): BootReason | Promise<BootReason>;
  /** Brings up the network for a profile before it is dialled; a promise while it works on it. */
  configureNetwork?(request: NetworkRequest): NetworkAnswer | Promise<NetworkAnswer>;
  /** Sets the device's clock to the CSMS's time. */
  setTime?(time: Date): void;
}

/** A network profile that is to be dialled. */
export interface NetworkRequest {
  /** Of OCPP 2.1's NetworkConfiguration. */
  slot: number;
  url: string;
  /** 0 to 3. */
  securityProfile: number;
  /** As in OCPP 2.0.1 OCPPInterfaceEnumType; undefined when it does not matter. */
  interface: string | undefined;
}

/** `NotSupported`: dial as it is. `Ready`: dial, from `localAddress` where one is given. `Failed`: try another profile. */
export interface NetworkAnswer {
  status: 'NotSupported' | 'Ready' | 'Failed';
  localAddress?: string | undefined;
}
