# The portal of LemonLDAP::NG with its static files, behind a proxy that ends TLS.

# It does not start without a module for picture puzzles, though none is ever shown here.
package Lemonldap::NG::Portal::Captcha::None {
    use Mouse;
    extends "Lemonldap::NG::Common::Module";
    sub init { 1 }
    $INC{"Lemonldap/NG/Portal/Captcha/None.pm"} = __FILE__;
}

use Plack::Builder;
use Lemonldap::NG::Portal::Main;

my $portal = Lemonldap::NG::Portal::Main->run({});

builder {
    enable "Static", path => qr{^/static/}, root => "/usr/share/lemonldap-ng/portal/htdocs";
    # What the portal does not know it takes for the request that waits for the password, and uses that up.
    enable "Static", path => qr{^/javascript/}, root => "/usr/share", pass_through => 0;
    enable sub { my $app = shift; sub { $_[0]{PATH_INFO} =~ m{^/(?:portal\.css|favicon\.ico)$} ? [404, [], []] : $app->(@_) } };
    sub {
        my ($env) = @_;
        $env->{"psgi.url_scheme"} = "https";
        $env->{HTTPS} = "on";
        $env->{SERVER_PORT} = 443;
        # The web servers that it is packaged for merge slashes, and it leads to `//saml/…` itself.
        $env->{PATH_INFO} =~ s{//+}{/}g;
        $env->{REQUEST_URI} =~ s{^//+}{/};
        return $portal->($env);
    };
};
