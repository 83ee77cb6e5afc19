# pyve's prompt for zsh. In ~/.zshrc: eval "$(pyve shell-hook zsh)"
#
# %97v shows an element of psvar as it is: neither % nor $ in it means anything, whatever the options.
_pyve_prompt() {
  [[ -o prompt_percent ]] || return 0
  emulate -L zsh
  psvar[97]="${PYVE_PROMPT_PREFIX-}"
  [[ "${PROMPT-}" == *'%97v'* ]] || PROMPT='%(97V.%97v .)'"${PROMPT-}"
}
autoload -Uz add-zsh-hook
add-zsh-hook precmd _pyve_prompt
