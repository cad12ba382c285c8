import { OcppError, type v201, type v21 } from '@busbar/ocpp';
import type { DisplayMessage } from '../messages/display-messages.ts';
import type { Message } from '../prices/price.ts';
import { pagesOf } from './pages.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** OCPP 2.0.1 block O. */
export const displayMessages = (station: Station201): Handlers201 => ({
  SetDisplayMessage({ message }) {
    checkDisplay(station);
    return { status: station.core.displays.set(toDisplayMessage(message)) };
  },

  GetDisplayMessages({ requestId, id, priority, state }) {
    checkDisplay(station);
    const found = station.core.displays.all.filter((message) => {
      const isAsked = !id || id.includes(message.id);
      return isAsked && (!priority || message.priority === priority) && (!state || message.state === state);
    });
    if (found.length === 0) return { status: 'Unknown' };
    station.core.later(() => notify(station, requestId, found));
    return { status: 'Accepted' };
  },

  ClearDisplayMessage({ id }) {
    checkDisplay(station);
    return { status: station.core.displays.clear(id) ? 'Accepted' : 'Unknown' };
  },
});

function checkDisplay({ core }: Station201): void {
  if (!core.host.displayMessage) throw new OcppError('NotSupported', 'this station has no display');
}

/** Bytes of messages in one NotifyDisplayMessages. */
const pageBytes = 8192;

async function notify(station: Station201, requestId: number, messages: readonly DisplayMessage[]): Promise<void> {
  const { core, wire } = station;
  try {
    if (core.version === '2.1') {
      for (const { tbc, items } of pagesOf(messages.map(toMessageInfo21), pageBytes))
        await wire.call21('NotifyDisplayMessages', { requestId, tbc: tbc || undefined, messageInfo: items });
      return;
    }
    for (const { tbc, items } of pagesOf(messages.map(toMessageInfo), pageBytes))
      await wire.call('NotifyDisplayMessages', { requestId, tbc: tbc || undefined, messageInfo: items });
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyDisplayMessages', error });
  }
}

function toDisplayMessage(info: v21.MessageInfoType): DisplayMessage {
  const { id, priority, state, startDateTime, endDateTime, transactionId, display, message, messageExtra } = info;
  return {
    id,
    priority,
    state,
    startAt: startDateTime === undefined ? undefined : new Date(startDateTime),
    endAt: endDateTime === undefined ? undefined : new Date(endDateTime),
    transactionId,
    display: display && { name: display.name, instance: display.instance, evseId: display.evse?.id },
    message: toMessage(message),
    extra: messageExtra?.map(toMessage),
  };
}

const toMessage = ({ content, format, language }: v21.MessageContentType): Message => ({ content, format, language });

const formats201 = ['ASCII', 'HTML', 'URI', 'UTF8'] as const;
const formats21 = [...formats201, 'QRCODE'] as const;
const states201 = ['Charging', 'Faulted', 'Idle', 'Unavailable'] as const;

/** 2.0.1 has no word for what only a CSMS of 2.1 can have set. */
function toMessageInfo(shown: DisplayMessage): v201.MessageInfoType {
  const { content, format, language } = shown.message;
  return {
    ...commonInfo(shown),
    state: states201.find((known) => known === shown.state),
    message: { content, language, format: formats201.find((known) => known === format) ?? 'UTF8' },
  };
}

function toMessageInfo21(shown: DisplayMessage): v21.MessageInfoType {
  const { state, message, extra = [] } = shown;
  const content = (each: Message) => ({ ...each, format: formats21.find((known) => known === each.format) ?? 'UTF8' });
  return {
    ...commonInfo(shown),
    state,
    message: content(message),
    messageExtra: extra.length > 0 ? extra.map(content) : undefined,
  };
}

function commonInfo({ id, priority, startAt, endAt, transactionId, display }: DisplayMessage) {
  return {
    id,
    priority,
    startDateTime: startAt?.toISOString(),
    endDateTime: endAt?.toISOString(),
    transactionId,
    display: display && {
      name: display.name,
      instance: display.instance,
      evse: display.evseId === undefined ? undefined : { id: display.evseId },
    },
  };
}
