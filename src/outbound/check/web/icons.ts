/**
 * Icons of web applications whose page shows nothing else of the product. The hash is that of `faviconHash`, by which search
 * engines for services also find icons. Each was computed from a file of the named Debian 12 package. Icons that two products
 * share, and icons of more than 60 kB, which are not read completely, are left out.
 */
interface KnownIcon {
  readonly product: string;
  readonly package: string;
  readonly hashes: readonly number[];
}

export const knownIcons: readonly KnownIcon[] = [
  { product: "Adminer", package: "adminer 4.8.1", hashes: [572_074_752] },
  { product: "BackupPC", package: "backuppc 4.4.0", hashes: [1_972_949_560, -999_601_370, -1_809_201_792] },
  { product: "Cacti", package: "cacti 1.2.24", hashes: [-1_797_138_069] },
  { product: "Ceph Dashboard", package: "ceph-mgr-dashboard 16.2.15", hashes: [926_585_124] },
  { product: "cgit", package: "cgit 1.2.3", hashes: [483_731_301] },
  { product: "Cockpit", package: "cockpit-ws 287.1", hashes: [-305_613_147] },
  { product: "DokuWiki", package: "dokuwiki 2022-07-31a", hashes: [-630_493_013] },
  { product: "ejabberd", package: "ejabberd 23.01", hashes: [566_946_147] },
  { product: "FreedomBox", package: "freedombox 23.6.2", hashes: [-1_715_015_432] },
  { product: "Gerbera", package: "gerbera 1.1.0", hashes: [-1_853_625_362] },
  { product: "Graphite", package: "graphite-web 1.1.8", hashes: [355_121_171] },
  { product: "Horde", package: "php-horde 5.2.23", hashes: [-741_491_222, 2_099_932_575] },
  { product: "HyperKitty", package: "python3-django-hyperkitty 1.3.7", hashes: [-1_551_195_603] },
  { product: "Icinga Web 2", package: "icingaweb2 2.11.4", hashes: [-702_951_607] },
  {
    product: "Jupyter",
    package: "python3-notebook 6.4.12",
    hashes: [-895_963_602, 190_708_866, 1_383_689_494, -1_317_527_174, -394_221_110, 2_110_638_496, 2_137_167_621],
  },
  { product: "Klaus", package: "python3-klaus 2.0.2", hashes: [-1_772_079_776] },
  { product: "Locust", package: "python3-locust 2.12.1", hashes: [-1_055_486_642] },
  { product: "Loggerhead", package: "loggerhead 2.0.1", hashes: [380_945_726, -194_812_841] },
  { product: "mitmproxy", package: "mitmproxy 8.1.1", hashes: [602_394_746] },
  { product: "MooseFS", package: "moosefs-cgi 3.0.117", hashes: [689_904_239] },
  { product: "Mopidy", package: "mopidy 3.4.1", hashes: [129_315_145] },
  { product: "Munin", package: "munin 2.0.73", hashes: [-1_220_851_544] },
  { product: "Nagios", package: "nagios4-cgi 4.4.6", hashes: [-885_999_798] },
  { product: "NagVis", package: "nagvis 1.9.34", hashes: [745_912_791, -581_329_037, -707_563_919, 1_544_008_156] },
  {
    product: "Netdata",
    package: "netdata-web 1.37.1",
    hashes: [1_302_486_561, 800_620_582, -942_414_717, -816_780_098, -47_652_444, 1_398_099_818],
  },
  { product: "NZBGet", package: "nzbget 21.0", hashes: [604_382_678, 1_586_080_752, 1_995_334_804] },
  { product: "OmniDB", package: "omnidb-common 3.0.3b", hashes: [137_325_988] },
  { product: "OpenRefine", package: "openrefine 3.6.2", hashes: [1_041_832_380] },
  { product: "OpenStack Dashboard", package: "python3-django-horizon 23.0.0", hashes: [786_533_217] },
  { product: "phpLDAPadmin", package: "phpldapadmin 1.2.6.3", hashes: [-1_170_501_093] },
  { product: "phpMyAdmin", package: "phpmyadmin 5.2.1", hashes: [-476_231_906] },
  { product: "phpSysInfo", package: "phpsysinfo 3.4.2", hashes: [200_345_817, -1_932_662_726] },
  { product: "Postfix Admin", package: "postfixadmin 3.3.13", hashes: [1_563_218_345] },
  { product: "Postorius", package: "python3-django-postorius 1.3.8", hashes: [447_312_222] },
  { product: "Prewikka", package: "prewikka 5.2.0", hashes: [1_033_756_979] },
  { product: "Pushgateway", package: "prometheus-pushgateway 1.5.1", hashes: [-1_128_652_770] },
  { product: "Redmine", package: "redmine 5.0.4", hashes: [603_314] },
  { product: "Request Tracker", package: "request-tracker5 5.0.3", hashes: [203_612_613] },
  { product: "Roundcube", package: "roundcube-core 1.6.5", hashes: [-1_754_690_812] },
  { product: "Rspamd", package: "rspamd 3.4", hashes: [458_862_869, -1_826_694_439, 593_077_729] },
  { product: "RSS-Bridge", package: "rss-bridge 2022-01-20", hashes: [249_600_325, 782_565_689] },
  { product: "SearX", package: "python3-searx 1.1.0", hashes: [-238_593_524, 1_517_470_650] },
  { product: "Shaarli", package: "shaarli 0.12.1", hashes: [1_276_890_095, -579_014_079] },
  { product: "Sidekiq", package: "ruby-sidekiq 6.4.1", hashes: [-432_677_633] },
  { product: "SimpleSAMLphp", package: "simplesamlphp 1.19.7", hashes: [-556_981_179] },
  { product: "Tiny Tiny RSS", package: "tt-rss 21~git20210204", hashes: [342_702_921, 1_097_162_896] },
  { product: "Apache Tomcat", package: "tomcat10-admin 10.1", hashes: [-297_069_493] },
  { product: "Transmission", package: "transmission-common 3.00", hashes: [1_349_707_016, 600_910_812] },
  { product: "VDRAdmin-AM", package: "vdradmin-am 3.6.10", hashes: [-1_436_281_594] },
  { product: "Xpra", package: "xpra 3.1.3", hashes: [-1_997_811_728, 88_985_072] },
  { product: "Zabbix", package: "zabbix-frontend-php 6.0.14", hashes: [892_542_951] },
  { product: "ZNC", package: "znc 1.8.2", hashes: [1_253_536_875, 1_947_380_513, 792_653_133] },
  { product: "ZoneMinder", package: "zoneminder 1.36.33", hashes: [-1_218_152_116] },
];

const products: ReadonlyMap<number, string> = new Map(
  knownIcons.flatMap(({ product, hashes }) => hashes.map((hash) => [hash, product] as const)),
);

/** The product whose icon has this hash. */
export function productOfIcon(hash: number): string | undefined {
  return products.get(hash);
}
