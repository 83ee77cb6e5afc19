# Runs scripts, and keeps what functions and aliases they bring until the environment is left; then those go.
__pyve_source() {
  \local __pyve_event=$1 __pyve_on=":$SHELLOPTS:${BASHOPTS-}:" __pyve_name IFS=$' \t\n'
  \local __pyve_set="${SHELLOPTS//:/ }" __pyve_shopt="${BASHOPTS-}"
  # Where bash has no BASHOPTS (before 4.1) this one is told by the command alone.
  \local __pyve_expand=-u
  if \shopt -q expand_aliases; then __pyve_expand=-s; fi
  \local -a __pyve_scripts
  \shift
  __pyve_scripts=("$@")
  __pyve_shopt="${__pyve_shopt//:/ }"
  \set --
  \set +eu
  \shopt -u expand_aliases
  \local __pyve_before=" $(\compgen -A function) " __pyve_aliases=" $(\compgen -A alias) "
  __pyve_before="${__pyve_before//$'\n'/ }" __pyve_aliases="${__pyve_aliases//$'\n'/ }"
  for __pyve_name in "${__pyve_scripts[@]}"; do \. "$__pyve_name"; done
  IFS=$' \t\n'
  \set -f
  for __pyve_name in $(\compgen -A function); do
    [[ $__pyve_before == *" $__pyve_name "* ]] || _pyve_functions="${_pyve_functions-} $__pyve_name"
  done
  for __pyve_name in $(\compgen -A alias); do
    [[ $__pyve_aliases == *" $__pyve_name "* ]] || _pyve_aliases="${_pyve_aliases-} $__pyve_name"
  done
  if [[ $__pyve_event == leaving ]]; then
    for __pyve_name in ${_pyve_functions-}; do \unset -f "$__pyve_name"; done
    for __pyve_name in ${_pyve_aliases-}; do \unalias "$__pyve_name" 2>/dev/null; done
    \unset -v _pyve_functions _pyve_aliases
  fi
  \shopt "$__pyve_expand" expand_aliases
  for __pyve_name in ${BASHOPTS//:/ }; do [[ $__pyve_on == *":$__pyve_name:"* ]] || \shopt -u "$__pyve_name"; done
  for __pyve_name in $__pyve_shopt; do \shopt -q "$__pyve_name" || \shopt -s "$__pyve_name"; done
  for __pyve_name in ${SHELLOPTS//:/ }; do [[ $__pyve_on == *":$__pyve_name:"* ]] || \set +o "$__pyve_name"; done
  for __pyve_name in $__pyve_set; do [[ ":$SHELLOPTS:" == *":$__pyve_name:"* ]] || \set -o "$__pyve_name"; done
}
