import type { WebProduct } from "./web-product.ts";

/** Server applications, by signs that their answers contain with and without a login. */
export const applicationProducts: readonly WebProduct[] = [
  {
    name: "aria2",
    signs: [
      { json: { jsonrpc: "2.0", "result.enabledFeatures": true } },
      { header: ["content-type", "application/json-rpc"], json: { "error.message": "Unauthorized" } },
    ],
    version: [{ json: "result.version" }],
    requests: [{ path: "/jsonrpc?method=aria2.getVersion&id=1", ports: [6800] }],
    source: "https://aria2.github.io/manual/en/html/aria2c.html#rpc-interface",
  },
  {
    name: "Jenkins",
    signs: [{ header: ["x-jenkins", ""] }],
    version: [{ header: "x-jenkins", after: "" }],
    source: "https://www.jenkins.io/doc/book/using/remote-access-api/",
  },
  {
    name: "Elasticsearch",
    signs: [
      { header: ["x-elastic-product", "Elasticsearch"] },
      { json: { tagline: "You Know, for Search", "version.number": true } },
    ],
    version: [{ json: "version.number" }],
    source: "https://www.elastic.co/docs/api/doc/elasticsearch/",
  },
  {
    name: "OpenSearch",
    signs: [
      { json: { "version.distribution": "opensearch", "version.number": true } },
      { header: ["www-authenticate", 'realm="OpenSearch Security"'] },
    ],
    version: [{ json: "version.number" }],
    source: "https://docs.opensearch.org/latest/",
  },
  {
    name: "CouchDB",
    signs: [{ header: ["server", "CouchDB/"] }, { json: { couchdb: "Welcome", version: true } }],
    version: [{ header: "server", after: "CouchDB/" }, { json: "version" }],
    source: "https://docs.couchdb.org/en/stable/api/server/common.html",
  },
  {
    name: "InfluxDB",
    signs: [{ header: ["x-influxdb-version", ""] }],
    version: [{ header: "x-influxdb-version", after: "" }],
    source: "https://docs.influxdata.com/influxdb/v1/tools/api/",
  },
  {
    name: "ClickHouse",
    signs: [
      { header: ["x-clickhouse-summary", ""] },
      { header: ["x-clickhouse-server-display-name", ""] },
      { header: ["x-clickhouse-exception-code", ""] },
    ],
    source: "https://clickhouse.com/docs/interfaces/http",
  },
  {
    name: "etcd",
    signs: [{ json: { etcdserver: true, etcdcluster: true } }],
    version: [{ json: "etcdserver" }],
    requests: [{ path: "/version", ports: [2379, 2380, 4001] }],
    source: "https://etcd.io/docs/v3.5/op-guide/monitoring/",
  },
  {
    name: "HAProxy",
    signs: [{ title: "Statistics Report for HAProxy*" }],
    version: [{ after: "HAProxy version " }],
    source: "https://git.haproxy.org/?p=haproxy.git: src/stats.c",
  },
  {
    name: "Neo4j",
    signs: [{ json: { neo4j_version: true, neo4j_edition: true } }, { body: ["Neo.ClientError.Security."] }],
    version: [{ json: "neo4j_version" }],
    source: "https://neo4j.com/docs/http-api/current/endpoints/",
  },
  {
    name: "RabbitMQ",
    signs: [{ title: "RabbitMQ Management" }, { header: ["www-authenticate", 'realm="RabbitMQ Management"'] }],
    source: "https://www.rabbitmq.com/docs/management",
  },
  {
    name: "ActiveMQ",
    signs: [{ header: ["www-authenticate", 'realm="ActiveMQRealm"'] }, { title: "Apache ActiveMQ" }],
    source: "https://github.com/apache/activemq: assembly/src/release/conf/jetty.xml",
  },
  {
    name: "Apache Solr",
    signs: [{ title: "Solr Admin" }, { header: ["www-authenticate", 'realm="solr"'] }],
    version: [{ after: "/solr/img/favicon.ico?_=" }],
    source: "https://solr.apache.org/guide/",
  },
  {
    name: "Consul",
    signs: [
      { header: ["x-consul-default-acl-policy", ""] },
      { header: ["x-consul-index", ""] },
      { title: "Consul by HashiCorp" },
      { title: "*- Consul" },
    ],
    source: "https://developer.hashicorp.com/consul/api-docs/features/",
  },
  {
    name: "Nomad",
    signs: [{ header: ["x-nomad-index", ""] }, { title: "Nomad" }],
    source: "https://developer.hashicorp.com/nomad/api-docs",
  },
  {
    name: "Vault",
    signs: [{ json: { initialized: true, sealed: true, version: true } }, { title: "Vault" }],
    version: [{ json: "version" }],
    source: "https://developer.hashicorp.com/vault/api-docs/system/seal-status",
  },
  {
    name: "Kubernetes",
    signs: [
      { json: { gitVersion: true, gitTreeState: true, goVersion: true } },
      { json: { kind: "Status", apiVersion: "v1", status: "Failure" } },
    ],
    version: [{ json: "gitVersion" }],
    requests: [{ path: "/version", ports: [6443] }],
    source: "https://kubernetes.io/docs/reference/using-api/",
  },
  {
    name: "SonarQube",
    signs: [{ title: "SonarQube*" }],
    source: "https://github.com/SonarSource/sonarqube: server/sonar-web",
  },
  {
    name: "TeamCity",
    signs: [{ header: ["teamcity-node-id", ""] }, { header: ["www-authenticate", 'realm="TeamCity"'] }],
    source: "https://www.jetbrains.com/help/teamcity/rest/",
  },
  {
    name: "WildFly",
    signs: [{ header: ["www-authenticate", 'realm="ManagementRealm"'] }, { title: "Welcome to WildFly" }],
    source: "https://docs.wildfly.org",
  },
  { name: "Rundeck", signs: [{ title: "Rundeck*" }], source: "https://docs.rundeck.com" },
  { name: "pgAdmin", signs: [{ title: "pgAdmin 4" }], source: "https://www.pgadmin.org" },
  { name: "phpMyAdmin", signs: [{ title: "phpMyAdmin*" }], source: "https://github.com/phpmyadmin/phpmyadmin" },
  {
    name: "Adminer",
    signs: [{ title: "Login - Adminer" }],
    version: [{ after: '<span class="version">' }],
    source: "https://github.com/vrana/adminer",
  },
  {
    name: "Webmin",
    signs: [{ header: ["server", "MiniServ"] }],
    version: [{ header: "server", after: "MiniServ/" }],
    source: "https://github.com/webmin/webmin: miniserv.pl",
  },
  {
    name: "Artifactory",
    signs: [
      { header: ["x-artifactory-id", ""] },
      { header: ["x-jfrog-version", "Artifactory/"] },
      { header: ["www-authenticate", 'realm="Artifactory Realm"'] },
    ],
    version: [
      { header: "x-jfrog-version", after: "Artifactory/" },
      { header: "x-artifactory-id", after: "" },
    ],
    source: "https://jfrog.com/help/r/jfrog-rest-apis/",
  },
  {
    name: "Nexus Repository",
    signs: [{ header: ["server", "Nexus/"] }],
    version: [{ header: "server", after: "Nexus/" }],
    source: "https://help.sonatype.com/en/rest-and-integration-api.html",
  },
  {
    name: "Confluence",
    signs: [{ header: ["x-confluence-request-time", ""] }],
    source: "https://developer.atlassian.com/server/confluence/",
  },
  {
    name: "GitLab",
    signs: [{ header: ["x-gitlab-meta", ""] }, { title: "*· GitLab" }],
    source: "https://docs.gitlab.com/api/",
  },
  {
    name: "Gitea",
    signs: [{ header: ["set-cookie", "i_like_gitea="] }],
    version: [{ json: "version" }],
    requests: [{ path: "/api/v1/version", hint: { header: ["set-cookie", "i_like_gitea="] } }],
    source: "https://docs.gitea.com/api/: /version",
  },
  {
    name: "Apache Tomcat",
    signs: [{ title: "Apache Tomcat/*" }],
    version: [{ title: true, after: "Apache Tomcat/" }],
    source: "https://tomcat.apache.org: webapps/ROOT/index.jsp",
  },
  {
    name: "Jupyter",
    signs: [
      { title: "Jupyter Server" },
      { title: "JupyterLab" },
      { title: "Jupyter Notebook" },
      { header: ["server", "TornadoServer/"], title: "Home Page - Select or create a notebook" },
    ],
    version: [{ json: "version" }],
    requests: [{ path: "/api", hint: { title: "Jupyter*" } }],
    source: "https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html",
  },
  {
    name: "Ollama",
    signs: [{ body: ["Ollama is running"] }],
    version: [{ json: "version" }],
    requests: [{ path: "/api/version", hint: { body: ["Ollama is running"] } }],
    source: "https://github.com/ollama/ollama/blob/main/docs/api.md",
  },
  {
    name: "Qdrant",
    signs: [{ json: { title: "qdrant - vector search engine", version: true } }],
    version: [{ json: "version" }],
    source: "https://api.qdrant.tech/api-reference/service/root",
  },
  {
    name: "Selenium Grid",
    signs: [{ json: { "value.ready": true, "value.nodes": true } }, { title: "Selenium Grid" }],
    requests: [{ path: "/status", hint: { title: "Selenium Grid" } }],
    source: "https://www.selenium.dev/documentation/grid/advanced_features/endpoints/",
  },
  {
    name: "WordPress",
    signs: [{ body: ['name="generator" content="WordPress '] }],
    version: [{ after: 'content="WordPress ' }],
    source: "https://developer.wordpress.org/reference/functions/wp_generator/",
  },
  { name: "Joomla", signs: [{ body: ['name="generator" content="Joomla!'] }], source: "https://docs.joomla.org" },
  {
    name: "Drupal",
    signs: [{ header: ["x-generator", "Drupal "] }],
    version: [{ header: "x-generator", after: "Drupal " }],
    source: "https://www.drupal.org",
  },
  {
    name: "Paperless-ngx",
    signs: [{ title: "Paperless-ngx*" }],
    source: "https://github.com/paperless-ngx/paperless-ngx",
  },
  { name: "Vaultwarden", signs: [{ title: "Vaultwarden*" }], source: "https://github.com/dani-garcia/vaultwarden" },
  { name: "Roundcube", signs: [{ title: "Roundcube Webmail*" }], source: "https://github.com/roundcube/roundcubemail" },
];
