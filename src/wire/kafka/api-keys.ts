/** The highest version of each request. https://kafka.apache.org/protocol.html#protocol_api_keys */
const requests: readonly (readonly [key: number, name: string, maxVersion: number])[] = [
  [0, "Produce", 13],
  [1, "Fetch", 18],
  [2, "ListOffsets", 11],
  [3, "Metadata", 13],
  [8, "OffsetCommit", 10],
  [9, "OffsetFetch", 10],
  [10, "FindCoordinator", 6],
  [11, "JoinGroup", 9],
  [15, "DescribeGroups", 6],
  [16, "ListGroups", 5],
  [17, "SaslHandshake", 1],
  [18, "ApiVersions", 4],
  [19, "CreateTopics", 7],
  [20, "DeleteTopics", 6],
  [22, "InitProducerId", 6],
  [32, "DescribeConfigs", 4],
  [36, "SaslAuthenticate", 2],
  [60, "DescribeCluster", 2],
  [75, "DescribeTopicPartitions", 0],
];

export interface ApiKey {
  readonly name: string;
  readonly maxVersion: number;
}

export const apiKeys: ReadonlyMap<number, ApiKey> = new Map(
  requests.map(([key, name, maxVersion]) => [key, { name, maxVersion }]),
);
