import { expect } from 'chai';
import { Request } from '../../../src/mem/index';
import { RequestRoutes } from '../../../src/mem/requestRoutes';

describe('RequestRoutes', () => {
  it('knows the port of each outstanding request, whatever is forgotten meanwhile', () => {
    const routes = new RequestRoutes();
    const requests = Array.from({ length: 5 }, (_, i) => new Request(64 * i, 64, 0, 0));
    for (const [port, request] of requests.entries()) routes.set(request, port);
    const [first, second, third, , last] = requests;
    routes.delete(second!);
    routes.delete(last!);
    routes.delete(last!);
    routes.set(third!, 9);
    expect(requests.map(request => routes.get(request))).to.deep.equal([
      ...[0, undefined, 9, 3, undefined],
    ]);
    expect([routes.add(first!, 7), routes.get(first!), routes.size]).to.deep.equal([false, 0, 3]);
    expect([routes.add(second!, 7), routes.get(second!), routes.size]).to.deep.equal([true, 7, 4]);
  });
});
