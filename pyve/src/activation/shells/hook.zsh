# pyve's hook for zsh. In ~/.zshrc: eval "$(pyve shell-hook zsh)"
#
# activate and deactivate print code, which is evaluated here; all else is the program's.
function pyve {
  emulate -L zsh
  local -i __pyve_at=1
  local __pyve_code
  while (( __pyve_at <= $# )); do
    case "${@[__pyve_at]}" in
      -C | --color) (( __pyve_at += 2 )) ;;
      -*) (( __pyve_at += 1 )) ;;
      activate | deactivate)
        # An environment is left even where the directory is gone.
        if [[ "${@[__pyve_at]}" == deactivate ]]; then
          set -- -C / "$@"
          (( __pyve_at += 2 ))
        fi
        __pyve_code="$(command pyve "${(@)argv[1,__pyve_at]}" --shell zsh "${(@)argv[__pyve_at + 1,-1]}")" || return
        case "$__pyve_code" in
          '# pyve'*) eval "$__pyve_code" ;;
          *) print -r -- "$__pyve_code" ;;
        esac
        return
        ;;
      *) break ;;
    esac
  done
  # It may have changed what becomes of the shell in its directory.
  typeset -g _pyve_seen=
  command pyve "$@"
}
# %97v shows an element of psvar as it is: neither % nor $ in it means anything, whatever the options.
_pyve_shown=
_pyve_prompt() {
  # As a rule there is nothing to do.
  [[ "$_pyve_shown" == "${VIRTUAL_ENV_DISABLE_PROMPT:+.}:${PYVE_PROMPT_PREFIX-}" && "${PROMPT-}" == *'%97v'* &&
    ${#psvar[@]} -ge 97 || ! -o prompt_percent ]] && return 0
  emulate -L zsh
  _pyve_shown="${VIRTUAL_ENV_DISABLE_PROMPT:+.}:${PYVE_PROMPT_PREFIX-}"
  psvar[97]="${PYVE_PROMPT_PREFIX-}"
  [[ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]] || psvar[97]=
  [[ "${PROMPT-}" == *'%97v'* ]] || PROMPT='%(97V.%97v .)'"${PROMPT-}"
}
autoload -Uz add-zsh-hook
add-zsh-hook precmd _pyve_prompt
