/* Runs while /papers/ is read: where the address asks for something, the lists below do not flash up first. */
if (/[?&][^=&]+=[^&]/.test(location.search)) document.documentElement.classList.add("lv-asked")
