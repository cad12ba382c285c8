import type { PriceNotice } from '../prices/price.ts';
import type { DisplayMessage } from './display-messages.ts';

/** What a charger shows its drivers, and what its maker and the CSMS have agreed on. All of it is optional. */
export interface DriverHost {
  /**
   * Shows a message of the CSMS, or takes it away again. Which of those that are shown is in front, the priorities say: an
   * AlwaysFront before all, InFront before the others, and the others in turn. It is to be seen in its state only.
   */
  displayMessage?(message: DisplayMessage, what: 'show' | 'hide'): void;
  /** Shows what something costs, instead of what it showed before of the same kind and place. */
  showPrice?(notice: PriceNotice): void;
  /** OCPP 2.1 C25: somebody pays on a web page for an EVSE, and is expected for so long, s. */
  webPaymentStarted?(evseId: number, timeoutS: number): void;
  /** A vendor's own request from the CSMS; undefined when the vendor is unknown. */
  dataTransfer?(request: VendorMessage): VendorAnswer | undefined | Promise<VendorAnswer | undefined>;
}

export interface VendorMessage {
  vendorId: string;
  messageId?: string | undefined;
  data?: unknown;
}

export interface VendorAnswer {
  status: 'Accepted' | 'Rejected' | 'UnknownMessageId';
  data?: unknown;
}
