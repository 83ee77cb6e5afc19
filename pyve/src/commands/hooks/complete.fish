# Completes the command line of pyve; pyve itself knows the candidates.
function __pyve_complete
    set --local before (commandline --current-process --tokenize --cut-at-cursor)
    command pyve completions --at (count $before) $before (commandline --current-token) 2>/dev/null
end
complete --command pyve --no-files --keep-order --arguments '(__pyve_complete)'
