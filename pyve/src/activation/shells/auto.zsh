# Projects are entered and left with the directory. Nothing is started as long as neither that changes nor the one file that
# pyve named last; what direnv loads counts as a change of directory.
_pyve_auto() {
  if [[ $PWD:${DIRENV_FILE-} != "${_pyve_seen-}" || ${_pyve_watched-} -nt ${_pyve_since-} ]]; then
    emulate -L zsh
    local pyve_code
    typeset -g _pyve_seen=$PWD:${DIRENV_FILE-}
    if pyve_code="$(command pyve activate --shell zsh --auto "${_pyve_memory-}")" && [[ $pyve_code == '# pyve'* ]]; then
      eval "$pyve_code"
    fi
  fi
}
# In front of what shows the prompt.
add-zsh-hook -d precmd _pyve_prompt
add-zsh-hook precmd _pyve_auto
add-zsh-hook precmd _pyve_prompt
