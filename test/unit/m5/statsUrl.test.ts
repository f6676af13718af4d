import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { parseStatsUrl } from '../../../src/m5/statsUrl';

describe('The URL of a statistics output', () => {
  const text = { format: 'text', file: 'stats.txt', desc: true, spaces: true };

  it('means text when it is a file name', () => {
    expect(parseStatsUrl('stats.txt')).to.deep.equal(text);
    expect(parseStatsUrl('text://stats.txt')).to.deep.equal(text);
    expect(parseStatsUrl('file://stats.txt')).to.deep.equal(text);
  });

  it('takes gem5’s options of text', () => {
    expect(parseStatsUrl('text://stats.txt?desc=False&spaces=false')).to.deep.equal({
      ...text,
      desc: false,
      spaces: false,
    });
    expect(parseStatsUrl('stats.txt?desc=True;spaces=False')).to.deep.equal({
      ...text,
      spaces: false,
    });
  });

  it('may name JSON, which has no options', () => {
    expect(parseStatsUrl('json://a/b.json')).to.deep.include({ format: 'json', file: 'a/b.json' });
    expect(() => parseStatsUrl('json://b.json?desc=True')).to.throw(FatalError, /no option 'desc'/);
  });

  it('is refused with what is accepted', () => {
    expect(() => parseStatsUrl('h5://stats.h5')).to.throw(FatalError, /'h5' .* json:\/\/FILE/);
    expect(() => parseStatsUrl('text://')).to.throw(FatalError, /names no file/);
    expect(() => parseStatsUrl('a?desc=5')).to.throw(FatalError, /must be True or False/);
    expect(() => parseStatsUrl('a?width=5')).to.throw(FatalError, /no option 'width'.*desc/);
  });
});
