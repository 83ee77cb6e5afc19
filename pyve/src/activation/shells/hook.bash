# pyve's prompt for bash. In ~/.bashrc: eval "$(pyve shell-hook bash)"
#
# The prompt names the variable, and bash does not expand a value again: whatever is in it is text.
_pyve_prompt() {
  local pyve_status=$?
  local pyve_part='${PYVE_PROMPT_PREFIX:+${PYVE_PROMPT_PREFIX//[[:cntrl:]]/} }'
  if shopt -q promptvars; then
    case "${PS1-}" in
      *"$pyve_part"*) ;;
      *) PS1="$pyve_part${PS1-}" ;;
    esac
  fi
  return "$pyve_status"
}
_pyve_prompt
# A theme may rebuild the prompt each time, so it is looked at again after whatever else runs.
case "${PROMPT_COMMAND[*]-}" in
  *_pyve_prompt*) ;;
  *)
    if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
      PROMPT_COMMAND+=(_pyve_prompt)
    else
      PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND
}_pyve_prompt"
    fi
    ;;
esac
