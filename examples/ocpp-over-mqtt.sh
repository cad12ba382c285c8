#!/bin/sh
# Interface `ocpp` of a station from a shell, over plain MQTT:
#
#   BROKER=127.0.0.1 PORT=1883 STATION=CP1 examples/ocpp-over-mqtt.sh get OCPPCommCtrlr HeartbeatInterval
#   … set OCPPCommCtrlr HeartbeatInterval 60      … availability Inoperative 1      … event TamperDetectionActivated
#   … monitor OCPPCommCtrlr HeartbeatInterval     … stop | restart                  … watch connection_status
set -eu

: "${BROKER:=127.0.0.1}" "${PORT:=1883}" "${STATION:=CP1}"
base="busbar/ocpp/$STATION"

# Sends a command and shows its answer; a command without arguments has no payload.
ask() {
  reply="$base/reply/$$"
  mosquitto_rr -h "$BROKER" -p "$PORT" -q 1 -W 10 -e "$reply" -t "$base/m2e/$1" \
    -m "{\"headers\":{\"replyTo\":\"$reply\"}${2:+,\"payload\":$2}}"
}

variable() {
  printf '{"component":{"name":"%s"},"variable":{"name":"%s"}}' "$1" "$2"
}

case "${1:-}" in
  get) ask get_variables "{\"items\":[{\"component_variable\":$(variable "$2" "$3")}]}" ;;
  set)
    item="{\"component_variable\":$(variable "$2" "$3"),\"value\":\"$4\"}"
    ask set_variables "{\"variables\":{\"items\":[$item]},\"source\":\"shell\"}"
    ;;
  monitor) ask monitor_variables "{\"items\":[$(variable "$2" "$3")]}" ;;
  availability) ask change_availability "{\"operational_status\":\"$2\"${3:+,\"evse\":{\"id\":$3}}}" ;;
  event) ask security_event "{\"type\":\"$2\"}" ;;
  stop | restart) ask "$1" '{}' ;;
  watch) mosquitto_sub -h "$BROKER" -p "$PORT" -t "$base/e2m/$2" ;;
  last) ask "$2/get" '{}' ;;
  *) sed -n '2,7p' "$0" >&2; exit 2 ;;
esac
