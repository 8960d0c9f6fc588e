#!/usr/bin/env bash
# Tap and target as a Singer runner joins them; the last state is kept for the next run.
set -euo pipefail
url=$1 database=$2 flavour=$4 variant=$5 folder=$6

echo "{\"url\": \"$url\", \"flavour\": \"$flavour\"}" > "$folder/tap.json"
tuned=
if [ "$variant" = tuned ]; then
    tuned=', "use_copy": true, "batch_size_rows": 50000, "validate_records": false,
           "add_record_metadata": false, "activate_version": false'
fi
echo "{\"sqlalchemy_url\": \"${database/postgresql:/postgresql+psycopg:}\", \"default_target_schema\": \"peer\",
       \"load_method\": \"upsert\"$tuned}" > "$folder/target.json"
state=()
if [ -s "$folder/state.json" ]; then state=(--state "$folder/state.json"); fi

python -m bench.contestants.singer_tap --config "$folder/tap.json" "${state[@]}" |
    target-postgres --config "$folder/target.json" > "$folder/states"
tail -n 1 "$folder/states" > "$folder/state.json"
