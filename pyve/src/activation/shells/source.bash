__pyve_source() {
  \local __pyve_on=":$SHELLOPTS:${BASHOPTS-}:" __pyve_name IFS=$' \t\n'
  \local __pyve_set="${SHELLOPTS//:/ }" __pyve_shopt="${BASHOPTS-}"
  __pyve_shopt="${__pyve_shopt//:/ }"
  \local -a __pyve_scripts
  __pyve_scripts=("$@")
  \set --
  \set +eu
  \shopt -u expand_aliases
  for __pyve_name in "${__pyve_scripts[@]}"; do \. "$__pyve_name"; done
  IFS=$' \t\n'
  \set +f
  for __pyve_name in ${BASHOPTS//:/ }; do [[ $__pyve_on == *":$__pyve_name:"* ]] || \shopt -u "$__pyve_name"; done
  for __pyve_name in $__pyve_shopt; do \shopt -q "$__pyve_name" || \shopt -s "$__pyve_name"; done
  for __pyve_name in ${SHELLOPTS//:/ }; do [[ $__pyve_on == *":$__pyve_name:"* ]] || \set +o "$__pyve_name"; done
  for __pyve_name in $__pyve_set; do [[ ":$SHELLOPTS:" == *":$__pyve_name:"* ]] || \set -o "$__pyve_name"; done
}
