#!/bin/sh
# Books a room over ONEWEB's interface: two rooms are taken already, so choosing comes round again.
#   PASSWORD=... sh docs/cookbook/booking-room.sh        (the password of admin that serve printed)
set -eu
SERVER=${SERVER:-http://127.0.0.1:8080}
LOGIN=${LOGIN:-admin}
ROOT=$SERVER/BPMREST/service/runtime

call() { # method, path, body
  answer=$(curl -sS -u "$LOGIN:$PASSWORD" -X "$1" -H 'Content-Type: application/json' \
    --data-binary "${3:-}" "$ROOT$2")
  case $answer in
  *'"code":0,'*) ;;
  *) echo "$1 $2: $answer" >&2 && exit 1 ;;
  esac
}
data() { printf %s "$answer" | sed 's/^{"data":"\([^"]*\)".*/\1/'; }
member() { printf %s "$answer" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

call POST /process/start '{"processName": "Booking Room", "object": {
  "RoomObject": {"roomNo": "A-12", "nights": 2},
  "CustomerInfo": {"firstname": "มาลี", "lastname": "ใจดี"}}}'
instance=$(data)
echo "instance $instance"

for status in BOOKED BOOKED FREE; do
  call GET "/instance/$instance/tasks"
  task=$(member id)
  echo "$(member name): $status"
  call POST "/tasks/$task/assign?user=$LOGIN"
  call POST "/tasks/$task/claim?user=$LOGIN"
  call POST "/tasks/$task/complete?user=$LOGIN" "{\"RoomObject\": {\"status\": \"$status\"}}"
done

call GET "/instance/$instance/tasks"
task=$(member id)
echo "$(member name)"
call POST "/instance/$instance/tasks/assign?user=$LOGIN"
call POST "/tasks/$task/complete?user=$LOGIN" '{"CustomerInfo": {"phone": "02 123 4567"}}'

call GET "/instance/$instance/tasks"
case $answer in
*'"totalRecordCount":0}') echo "booked" ;;
*) echo "still open: $answer" >&2 && exit 1 ;;
esac
