-- Of wrk: how many milliseconds a reader looks at a page before the next one.
function delay()
    return 100
end
