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
  /** The mobile network to use. */
  apn?: NetworkApn | undefined;
  /** What to connect through. */
  vpn?: NetworkVpn | undefined;
}

/** OCPP 2.x APNType. */
export interface NetworkApn {
  apn: string;
  authentication: 'PAP' | 'CHAP' | 'NONE' | 'AUTO';
  userName: string | undefined;
  password: Secret | undefined;
  simPin: Secret | undefined;
  /** MCC and MNC. */
  preferredNetwork: string | undefined;
  useOnlyPreferredNetwork: boolean;
}

/** OCPP 2.x VPNType; in 2.1 the CSMS can leave out what it sets one by one. */
export interface NetworkVpn {
  server: string;
  type: 'IKEv2' | 'IPSec' | 'L2TP' | 'PPTP' | undefined;
  user: string | undefined;
  group: string | undefined;
  password: Secret | undefined;
  key: Secret | undefined;
}

/** A text that does not show where the object around it is logged. */
export interface Secret {
  reveal(): string;
}

/** `NotSupported`: dial as it is. `Ready`: dial, from `localAddress` where one is given. `Failed`: try another profile. */
export interface NetworkAnswer {
  status: 'NotSupported' | 'Ready' | 'Failed';
  localAddress?: string | undefined;
}
