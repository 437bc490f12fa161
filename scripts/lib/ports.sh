# shellcheck shell=bash
# Which ports are taken, from /proc: works without a tool to install.

# port_in_use PORT: a UDP socket or a listening TCP socket has it.
port_in_use() {
  local hex files=()
  hex=$(printf '%04X' "$1")
  for file in /proc/net/udp /proc/net/udp6; do [ -r "$file" ] && files+=("$file"); done
  if [ "${#files[@]}" -gt 0 ] && awk -v port=":$hex" 'substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' "${files[@]}"; then
    return 0
  fi
  files=()
  for file in /proc/net/tcp /proc/net/tcp6; do [ -r "$file" ] && files+=("$file"); done
  [ "${#files[@]}" -gt 0 ] && awk -v port=":$hex" 'substr($2, length($2) - 4) == port && $4 == "0A" { found = 1 } END { exit !found }' "${files[@]}"
}
