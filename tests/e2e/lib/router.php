<?php
// Router: what a web server does in front of SimpleSAMLphp, for PHP's own server, which does not split `/x.php/rest`.

$folder = '/usr/share/simplesamlphp/www';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (!preg_match('#^(/(?:[a-zA-Z0-9_-]+/)*[a-zA-Z0-9_-]+\.php)(/.*)?$#', $path, $parts) || !is_file($folder . $parts[1])) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $parts[1];
$_SERVER['SCRIPT_FILENAME'] = $folder . $parts[1];
if (isset($parts[2])) {
    $_SERVER['PATH_INFO'] = $parts[2];
    $_SERVER['PHP_SELF'] .= $parts[2];
}
// TLS ends at the proxy in front.
$_SERVER['HTTPS'] = 'on';
$_SERVER['SERVER_PORT'] = '443';
chdir(dirname($_SERVER['SCRIPT_FILENAME']));
require $_SERVER['SCRIPT_FILENAME'];
