# Runs scripts, and keeps what functions and aliases they bring until the environment is left; then those go.
__pyve_source() {
  \emulate -L zsh
  \unsetopt aliases
  \local __pyve_event=$1 __pyve_script
  \local -a __pyve_scripts __pyve_functions __pyve_aliases
  __pyve_scripts=("${(@)argv[2,-1]}") __pyve_functions=(${(f)"$(\typeset +f)"}) __pyve_aliases=(${(f)"$(\alias +)"})
  \set --
  for __pyve_script in "${__pyve_scripts[@]}"; do \. "$__pyve_script"; done
  \typeset -ga _pyve_functions _pyve_aliases
  _pyve_functions+=(${${(f)"$(\typeset +f)"}:|__pyve_functions}) _pyve_aliases+=(${${(f)"$(\alias +)"}:|__pyve_aliases})
  if [[ $__pyve_event == leaving ]]; then
    for __pyve_script in $_pyve_functions; do \unfunction -- "$__pyve_script" 2>/dev/null; done
    for __pyve_script in $_pyve_aliases; do \unalias -- "$__pyve_script" 2>/dev/null; done
    \unset _pyve_functions _pyve_aliases
  fi
}
