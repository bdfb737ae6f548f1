#!/usr/bin/env bash
# Times `onair listen` beside ffmpeg, which only decodes (-f null) or also measures loudness, on an hour
# of stereo at 128 kbit/s. Runs take turns; wall and processor time in seconds, and peak memory.
#
#   listen_speed.sh ONAIR [FOLDER]      ONAIR is a release build; needs ffmpeg with libmp3lame
set -euo pipefail
onair=$1
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"
hour=$folder/hour.mp3
if [ ! -s "$hour" ]; then
    ffmpeg -v error -y -f lavfi -i "anoisesrc=color=pink:amplitude=0.3:r=44100:d=3600" \
        -f lavfi -i "anoisesrc=color=pink:amplitude=0.1:seed=7:r=44100:d=3600" \
        -filter_complex "[0:a][0:a]join=inputs=2:channel_layout=stereo[a];[1:a]pan=stereo|c0=c0|c1=-1*c0[b];[a][b]amix=2:normalize=0,tremolo=f=3:d=0.8" \
        -c:a libmp3lame -b:a 128k "$hour"
fi
# Nothing is to be remembered from run to run.
export ONAIR_CACHE_DIR=
timed() {
    local name=$1
    shift
    /usr/bin/time -f "$name  %e s wall, %U s processor, %M KiB" "$@" >"$folder/out" 2>"$folder/err" || true
    tail -1 "$folder/err"
}
for _ in 1 2 3; do
    timed "ffmpeg -f null       " ffmpeg -v error -threads 1 -i "$hour" -f null -
    timed "ffmpeg ebur128       " ffmpeg -v error -i "$hour" -af ebur128=peak=true -f null -
    timed "onair listen, 1 core " env RAYON_NUM_THREADS=1 "$onair" listen "$hour"
    timed "onair listen         " "$onair" listen "$hour"
done
