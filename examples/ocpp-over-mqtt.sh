#!/bin/sh
# Interface `ocpp` of a station from a shell, over plain MQTT (with mosquitto-clients), such as that of
# `BROKER=127.0.0.1 npx node examples/embedded-charger.ts`:
#
#   BROKER=127.0.0.1 PORT=1883 STATION=CP1 examples/ocpp-over-mqtt.sh get OCPPCommCtrlr HeartbeatInterval
#   … set OCPPCommCtrlr HeartbeatInterval 60      … availability Inoperative 1      … event TamperDetectionActivated
#   … monitor OCPPCommCtrlr HeartbeatInterval     … stop | restart                  … watch | last connection_status
#
# `availability` without EVSE means the whole station; `last` is the value of a variable now, `watch` shows what follows.
# Ends with 1 when the station answers with an error, 2 for wrong usage, 27 when nobody answers.
set -eu

: "${BROKER:=127.0.0.1}" "${PORT:=1883}" "${STATION:=CP1}"
base="busbar/ocpp/$STATION"

# Sends a command and shows its answer; a command without arguments has no payload.
ask() {
  reply="$base/reply/$$"
  answer=$(mosquitto_rr -h "$BROKER" -p "$PORT" -q 1 -W 10 -e "$reply" -t "$base/m2e/$1" \
    -m "{\"headers\":{\"replyTo\":\"$reply\"}${2:+,\"payload\":$2}}")
  printf '%s\n' "$answer"
  case $answer in '{"error":'*) exit 1 ;; esac
}

variable() {
  printf '{"component":{"name":"%s"},"variable":{"name":"%s"}}' "$1" "$2"
}

case "${1:-} $#" in
  'get 3') ask get_variables "{\"items\":[{\"component_variable\":$(variable "$2" "$3")}]}" ;;
  'set 4')
    item="{\"component_variable\":$(variable "$2" "$3"),\"value\":\"$4\"}"
    ask set_variables "{\"variables\":{\"items\":[$item]},\"source\":\"shell\"}"
    ;;
  'monitor 3') ask monitor_variables "{\"items\":[$(variable "$2" "$3")]}" ;;
  'availability 2' | 'availability 3') ask change_availability "{\"operational_status\":\"$2\"${3:+,\"evse\":{\"id\":$3}}}" ;;
  'event 2') ask security_event "{\"type\":\"$2\"}" ;;
  'stop 1' | 'restart 1') ask "$1" '{}' ;;
  'watch 2') mosquitto_sub -h "$BROKER" -p "$PORT" -t "$base/e2m/$2" ;;
  'last 2') ask "$2/get" '{}' ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
