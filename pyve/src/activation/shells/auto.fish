# Projects are entered and left with the directory. Nothing is started as long as neither that changes nor the one file that
# pyve named last; what direnv loads counts as a change of directory.
function _pyve_auto --on-event fish_prompt
    if test "$PWD:$DIRENV_FILE" != "$_pyve_seen" -o "$_pyve_watched" -nt "$_pyve_since"
        set --global _pyve_seen "$PWD:$DIRENV_FILE"
        set --local pyve_code (command pyve activate --shell fish --auto "$_pyve_memory")
        and test "$pyve_code[1]" = '# pyve'
        and string join \n -- $pyve_code | source
    end
end
