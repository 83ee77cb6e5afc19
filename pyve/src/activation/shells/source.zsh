__pyve_source() {
  \emulate -L zsh
  \unsetopt aliases
  \local __pyve_script
  \local -a __pyve_scripts
  __pyve_scripts=("$@")
  \set --
  for __pyve_script in "${__pyve_scripts[@]}"; do \. "$__pyve_script"; done
}
