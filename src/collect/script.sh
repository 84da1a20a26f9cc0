# What a node is asked to run. Any POSIX shell reads it from its standard input; the lines that
# set program, limit, begin and end come before it. Everything is in functions, so that a script
# that was cut off does nothing and no command in it can read the rest of the script.

# A shell's own command prints: an argument of another program has a limit of 128 KiB.
say() {
  case ${KSH_VERSION-} in
  '') printf '%s\n' "$1" ;;
  *) print -r -- "$1" ;;
  esac
}

answer() {
  say ''
  say "$begin"
  say "$1"
  say "$end"
}

# The path of a program; a busybox shell would take its own ip, which knows no -j, before it.
locate() (
  set -f
  IFS=:
  for folder in $PATH; do
    if [ -f "$folder/$1" ] && [ -x "$folder/$1" ]; then
      say "$folder/$1"
      exit
    fi
  done
  say "$1"
)

# Puts into $text what ip prints; old versions print nothing where there is nothing to tell.
dump() {
  text=$($bounded "$ip" "$@") || return
  [ -n "$text" ] || text='[]'
}

optional() {
  dump "$@" || text=null
}

# Puts into $text what LLDP has seen, or null: lldpcli may be missing, may need rights that the
# user lacks, and waits for lldpd for ever, so that it is asked only where it can be stopped.
neighbours() {
  text=null
  [ -n "$bounded" ] || return 0
  lldpcli=$(locate lldpcli)
  seen=$(timeout "$((limit / 4 + 1))" "$lldpcli" -f json show neighbors 2>/dev/null) || return 0
  case $seen in
  '{'*'}') text=$seen ;;
  esac
}

collect() {
  PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  LC_ALL=C
  export PATH LC_ALL
  bounded=
  if timeout 5 true; then bounded="timeout $limit"; fi >/dev/null 2>&1

  found="neither $program nor iproute2's ip with -j is there"
  if command -v "$program" >/dev/null 2>&1; then
    if text=$($bounded "$program" discover); then
      answer "$text"
      return
    fi
    found="$program discover failed, and iproute2's ip with -j is not there"
  fi

  ip=$(locate ip)
  if ! dump -j -d link; then
    echo "$found" >&2
    return 3
  fi
  link=$text
  optional -j addr
  addr=$text
  optional -j route show table all
  route=$text
  optional -j -6 route show table all
  route6=$text
  neighbours
  lldp=$text
  node=$(uname -n | tr -cd 'A-Za-z0-9._-')
  answer "{\"schema\":\"netplan-cluster/iproute2/1\",\"node\":\"$node\",\"link\":$link,\"addr\":$addr,\"route\":$route,\"route6\":$route6,\"lldp\":$lldp}"
}

collect </dev/null
exit
